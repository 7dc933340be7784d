-- Keys that a grant's own calls choose: so many in all counters together, and so many marks.
--
-- They lie in a sorted set of their grant, beside that of their counter: by when each is first due
-- to be looked at, and what never ends by itself, each hour. Before there is no room, those that
-- are due are looked at, and what does not count any more makes some.
--
--   c:COUNTER:KEY   and, of amounts, how long one counts after its stamp

do
  local AMOUNT, OWNED = 0, 7
  local OWNER, NAME, KEY, DIGEST = 24, 47, 23, 22 -- o:GRANT, c:COUNTER:KEY, :KEY
  local HOUR = 3600 * 1000000
  local LONGEST = 366 * 24 * HOUR

  local function spanOf(count)
    if count.kind == kinds[AMOUNT] then
      return count.calendar == 1 and 0 or count.one
    end
    return nil
  end

  local function nameOf(list, span)
    return sub(list, -NAME) .. (span and string.format('%.0f', span) or '')
  end

  local function endOf(list, span)
    if not span then
      return endsByItsHeader(list)
    end
    local stamp = call('LINDEX', list, span == 0 and 0 or -1)
    return stamp and unpack1('>I8', stamp) + span
  end

  local function dueAt(ends)
    return min(ends, now + HOUR)
  end

  -- Looks at some that are due, more where room is short, and returns how many have gone.
  local function gone(set, short)
    local root, found = sub(set, 1, -OWNER - 1), 0
    local first = call('ZRANGEBYSCORE', set, '-inf', now, 'LIMIT', 0, short and 64 or 2)
    for _, name in ipairs(first) do
      local list = root .. sub(name, 1, NAME)
      local ends = endOf(list, tonumber(sub(name, NAME + 1)))
      if own[list] then
        found = found + (ends and 0 or 1) -- in the set already
      elseif not ends or ends <= now then
        found = found + 1
        dead[#dead + 1] = { sub(list, 1, -KEY - 1), sub(list, -DIGEST), list }
        dead[#dead + 1] = { set, name, list }
      else
        alive[#alive + 1] = { set, dueAt(ends), name }
      end
    end
    return found
  end

  -- Tells counts whose they are: how many keys a grant may have, then of each its place and the set.
  function owners.read(counts, text, at)
    local most, place, set
    most, at = unpack1('>I4', text, at)
    while at <= #text do
      place, set, at = unpack1('>I2Bc0', text, at)
      counts[place].owner, counts[place].ofOwner = set, most
    end
  end

  -- Takes a place for a new key, if there is one; the call wants so many at most.
  function owners.haveRoom(count, wanted)
    local room = rooms[count.owner]
    if not room then
      room = count.ofOwner - call('ZCARD', count.owner)
      room = room + gone(count.owner, room < wanted)
    end
    rooms[count.owner] = room - 1
    return room >= 1
  end

  -- The set stays as long as any of its keys may: a key stays where it is counted under again.
  function owners.keep(count)
    if count.new then
      call('ZADD', count.owner, dueAt(count.ends), nameOf(count.list, spanOf(count)))
    end
    local stays = ceil(max(min(count.ends, now + LONGEST) - reading, 0) / 1000) + margin
    if call('PTTL', count.owner) < stays then
      call('PEXPIRE', count.owner, 2 * stays)
    end
  end

  -- What is recorded beside what a call holds under a key, to be ended after that.
  function owners.held(count)
    local span = spanOf(count)
    return pack('>BI8', OWNED, span and span + 1 or 0)
  end

  kinds[OWNED] = {
    finish = function(part)
      local _, span = unpack1('>BI8', part.argument)
      span = span > 0 and span - 1 or nil
      local ends = endOf(part.list, span)
      if ends then
        call('ZADD', part.live, 'XX', dueAt(ends), nameOf(part.list, span)) -- due the sooner
      else
        call('ZREM', part.live, nameOf(part.list, span))
      end
      return nil
    end,
  }
end
