-- Marks: what calls have left behind.
--
--   [newest stamp, end, length, up to when it is there besides] [reservation, end] …
--
-- An entry is a call that has left the mark with its admission: without an end while it runs, and
-- with one when nobody knows how it has ended, for then it may be taken back yet.

do
  local MARK, READ, LEFT = 4, 5, 6
  local HEADER, CALL = '>I8I8I8I8', '>c8I8'
  local MOST_RUNNING = 1024 -- beyond them, those that come hold it without a name
  local MOST_UNKNOWN = 16 -- so many are kept apart
  local LONGEST = 366 * 86400 * 1000000

  local function opened(count)
    local head = call('LINDEX', count.list, 0)
    open(count, head)
    count.over = 0
    if head then
      local _
      _, _, _, count.over = unpack1(HEADER, head)
      count.over = max(0, count.over - count.shift)
    end
  end

  local function isThere(count)
    return count.there == true and now < count.ends
  end

  -- The calls that hold it, without those whose end has passed.
  local function calls(count, at)
    local left, running, unknown = {}, 0, 0
    for _, raw in ipairs(count.there and call('LRANGE', count.list, 1, -1) or {}) do
      local of, ends = unpack1(CALL, raw)
      if ends == NEVER then
        running = running + 1
        left[#left + 1] = { of, ends }
      elseif ends - count.shift > at then
        unknown = unknown + 1
        left[#left + 1] = { of, ends - count.shift }
      end
    end
    return left, running, unknown
  end

  -- Whether none but the call itself, which looks again, has left it.
  local function isOwnAlone(count)
    for _, one in ipairs((calls(count, now))) do
      if one[1] ~= id then
        return false
      end
    end
    return count.over <= now
  end

  local function written(count)
    local elements, ends = { '' }, count.over
    for _, one in ipairs(count.entries) do
      ends = max(ends, one[2])
      elements[#elements + 1] = pack(CALL, one[1], one[2])
    end
    count.ends = ends
    elements[1] = pack(HEADER, count.newest, ends, count.longest, count.over)
    renew(count, elements)
    if ends < NEVER then
      keepUntil(count.list, ends)
    end
  end

  local function begin(count, argument)
    local _
    _, count.lasts = unpack1('>BI8', argument)
    count.above, count.wanted = 0, true
    opened(count)
  end

  -- The admission itself leaves it.
  local function add(count)
    local running
    count.entries, running = calls(count, now)
    local nobody = running > MOST_RUNNING
    if running < MOST_RUNNING or not nobody then
      count.entries[#count.entries + 1] = { running < MOST_RUNNING and id or NOBODY, NEVER }
    end
    count.newest, count.longest = now, max(count.longest or 0, count.lasts)
    written(count)
  end

  -- Returns up to when a later word on the end of the call could take the mark back.
  local function finish(part, how)
    opened(part)
    local _
    _, part.lasts = unpack1('>BI8', part.argument)
    local at = max(reading, part.newest or 0)
    local unknown, own
    part.entries, _, unknown = calls(part, at)
    for k, one in ipairs(part.entries) do
      own = one[1] == id and k or own
    end
    if not own then
      return nil
    end
    local ends = table.remove(part.entries, own)[2]
    unknown = ends < NEVER and unknown - 1 or unknown
    ends = ends < NEVER and ends or at + part.lasts
    local apart = how == UNKNOWN and unknown < MOST_UNKNOWN
    if apart then
      part.entries[#part.entries + 1] = { id, ends }
    elseif how == UNKNOWN or how == DONE then
      part.over = max(part.over, ends)
    end
    part.newest = at
    if #part.entries == 0 and part.over <= at then
      remove(part)
      return nil
    end
    written(part)
    call('ZADD', part.live, part.ends, member(part)) -- due the sooner
    return apart and ends or nil
  end

  -- The end of a call leaves it, if there is room for it: one that permits is missing otherwise.
  local function leave(part)
    opened(part)
    local _, owner
    _, part.lasts, owner = unpack1('>BI8', part.argument)
    if owner <= #part.argument then
      owners.read({ part }, part.argument, owner)
    end
    part.kind, part.new = kinds[MARK], not part.there
    if part.new and not (hasRoom(part, 2) and (not part.owner or owners.haveRoom(part, 2))) then
      return nil
    end
    local at = max(reading, part.newest or 0)
    part.entries = calls(part, at)
    part.over = max(part.over, at + part.lasts)
    part.newest, part.longest = at, max(part.longest or 0, part.lasts)
    written(part)
    if part.new then
      call('ZADD', part.live, part.ends, member(part))
    end
    if part.owner then
      owners.keep(part)
    end
    return nil
  end

  local function setRight(count)
    if count.shift > 0 and isThere(count) then
      count.entries = calls(count, now)
      written(count)
    end
  end

  kinds[MARK] = {
    begin = begin,
    look = function(count)
      empty(count)
      used(count)
    end,
    add = add,
    held = function(count)
      return pack('>BI8', MARK, count.lasts), now + LONGEST
    end,
    setRight = setRight,
    ends = endsByItsHeader,
    finish = finish,
    isThere = function(count)
      opened(count)
      return count.there and max(now, count.newest) < count.ends
    end,
  }

  kinds[READ] = {
    begin = function(count, argument)
      local _
      _, count.judged = unpack1('>BB', argument)
      count.again = #argument > 2
      opened(count)
    end,
    look = function(count)
      count.isThere = isThere(count) and not (count.again and isOwnAlone(count))
    end,
    setRight = setRight,
  }

  kinds[LEFT] = { finish = leave }
end
