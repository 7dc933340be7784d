-- Reserves all that one call demands, or nothing; or looks what it would do (`reserving` is 0), or
-- looks and does what is done whatever the answer is (2), since it may be refused in another slot.
--
--   KEYS   for each charge, then each mark that is left at once, then each that is read: its list,
--          the sorted set of its counter's live keys; last, if it is kept: the record of the call
--   ARGV   1: the call; then what each is, beginning with its kind
--
-- Everything is looked at first. What is written before a refusal is known is nothing; after it,
-- only what counts no longer is put away, and what a clock that was wrong has left is set right.

local EXHAUSTED, ABOVE_MAX, TOO_MANY_KEYS, DUPLICATE, MARKS_CHANGED = 0, 1, 2, 3, 4
local GRANTED, REFUSED, ASK_AGAIN = 0, 1, 2
local ANY = 2 -- a mark that is only looked at

local reserving, recorded, charges, left, owned = unpack1('>BBI4I4', ARGV[1], rest)

-- 1. What there is. One instant for all, no earlier than any of the keys has seen.
local counts = {}
for i = 1, #ARGV - 1 do
  local argument = ARGV[i + 1]
  -- Told beforehand how many fields there will be: a table that grows is made anew each time.
  local count = {
    kind = kinds[string.byte(argument)], list = KEYS[2 * i - 1], live = KEYS[2 * i],
    releasable = nil, calendar = nil, above = nil, decimals = nil, one = nil, two = nil, three = nil,
    maxHi = nil, maxLo = nil, amountHi = nil, amountLo = nil, coarseMaxHi = nil, coarseMaxLo = nil,
    coarseHi = nil, coarseLo = nil, wanted = nil, gone = nil, there = nil, newest = nil, birth = nil,
    hi = nil, lo = nil, places = nil, raw = nil, read = nil, all = nil, chunk = nil, ahead = nil,
    floor = nil, usedHi = nil, usedLo = nil, usedPlaces = nil, leaves = nil, goes = nil, none = nil,
    addHi = nil, addLo = nil, ends = nil,
  }
  count.kind.begin(count, argument)
  own[count.list] = true
  counts[i] = count
  if count.calendar == 1 and (reading < count.one or reading >= count.two) then
    return pack('>BI8', ASK_AGAIN, reading)
  end
  now = max(now, count.floor or 0)
end
if owned <= #ARGV[1] then
  owners.read(counts, ARGV[1], owned)
end

-- 2. Whether all have room, the first that has none, and the longest wait.
local refused, reason, wait, never = nil, 0, 0, false
local function refuse(i, why, untilThen)
  if not refused then
    refused, reason = i, why
  end
  if untilThen then
    wait = max(wait, untilThen - reading)
  else
    never = true
  end
end

local changed, duplicate = false, nil
for i, count in ipairs(counts) do
  local free = count.kind.look(count)
  if count.judged then
    changed = changed or (count.judged ~= ANY and (count.judged == 1) ~= count.isThere)
  elseif count.above == 1 then
    refuse(i, ABOVE_MAX, nil)
  elseif count.duplicate then
    duplicate = duplicate or i
  elseif count.wanted and free then
    refuse(i, EXHAUSTED, free ~= true and free or nil) -- true: nobody knows when
  elseif count.wanted and not count.there then
    count.new = true
    if not hasRoom(count, #counts) or (count.owner and not owners.haveRoom(count, #counts)) then
      refuse(i, TOO_MANY_KEYS, nil)
    end
  end
end

-- What comes before any lack of room, and knows no wait.
if changed then
  refused, reason, never = 0, MARKS_CHANGED, true
elseif duplicate then
  refused, reason, never = duplicate, DUPLICATE, true
end

-- 3. What is put away or set right whatever the answer is; a look changes nothing.
if reserving > 0 then
  tidy()
end

-- 4. All of it.
local written = {}
if reserving == 1 and not refused then
  local record, over = { '' }, 0
  for _, count in ipairs(counts) do
    if count.wanted then
      count.kind.add(count, recorded == 1 and KEYS[#KEYS] or '')
      written[count.list] = true
      if count.new then
        call('ZADD', count.live, count.ends, member(count))
      end
      if count.owner then
        owners.keep(count)
      end
      if recorded == 1 then
        local held, ends = count.kind.held(count)
        record[#record + 1], record[#record + 2], record[#record + 3] = count.list, count.live, held
        over = max(over, ends or count.ends)
        if count.owner then
          record[#record + 1], record[#record + 2] = count.list, count.owner
          record[#record + 1] = owners.held(count)
        end
      end
    end
  end
  if recorded == 1 then
    record[1] = pack(RECORD, 0, id, over)
    push(KEYS[#KEYS], record)
    keepUntil(KEYS[#KEYS], over)
  end
end
if reserving > 0 then
  for _, count in ipairs(counts) do
    if not written[count.list] then
      written[count.list] = true
      count.kind.setRight(count)
    end
  end
end

-- 5. The answer.
local answer = { pack('>BI8', refused and REFUSED or GRANTED, reading) }
if refused then
  local earlier = duplicate and counts[duplicate] or {}
  answer[2] = pack('>I4BI8I8B', refused, reason, never and 0 or wait + 1,
    earlier.ago or 0, earlier.ended or 0)
end
for i, count in ipairs(counts) do
  if i <= charges then
    answer[#answer + 1] = pack(
      '>I4I4BI8I8I8B',
      count.usedHi, count.usedLo, count.usedPlaces,
      count.leaves and count.leaves + 1 or 0,
      count.newest or 0, count.birth or 0, count.places)
  elseif i > charges + left then
    answer[#answer + 1] = pack('>B', count.isThere and 1 or 0)
  end
end
return table.concat(answer)
