-- What the lists of the kinds that follow have in common. Their headers begin with
--
--   the newest stamp · when nothing of it counts any more · how long anything may count after it
--
-- so that a clock that was further ahead than anything could count is known: all of it is then as
-- much earlier as that clock was later.

local HELD = '>I8I8I8'

local function open(count, head, calendar)
  count.shift = 0
  if not head then
    return
  end
  count.there = true
  count.newest, count.ends, count.longest = unpack1(HELD, head)
  if calendar == 1 then
    return -- whose stamps are ends of periods, and no times
  end
  if count.newest > reading + count.longest then
    count.shift = count.newest - reading
    count.newest = reading
    count.ends = count.ends < NEVER and count.ends - count.shift or NEVER
  end
  count.floor = count.newest
end

-- When nothing under a key counts any more, or nothing if there is none.
local function endsByItsHeader(list)
  local head = call('LINDEX', list, 0)
  local _, ends
  if head then
    _, ends = unpack1(HELD, head)
  end
  return ends
end
