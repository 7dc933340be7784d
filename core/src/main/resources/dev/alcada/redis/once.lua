-- That a call was made: the latest with its key.
--
--   [when it was admitted, end, length, up to when it is remembered, end of its lease, how it has
--    ended, reservation, the name of its record]

do
  local ONCE = 3
  local CALL, CALL_BYTES = '>I8I8I8I8I8Bc8', 49
  local NOT_YET = 0

  local function read(count, head)
    local _
    _, _, _, count.over, count.leaseEnd, count.ended, count.of = unpack1(CALL, head)
    count.record = sub(head, CALL_BYTES + 1)
  end

  local function begin(count, argument)
    -- of a sliding window: its length; of a calendar's period: as of amounts, and where it begins
    local _
    _, count.calendar, count.one, count.two, count.three, count.begins, count.lease =
      unpack1('>BBI8I8I8I8I8', argument)
    count.above, count.wanted, count.decimals = 0, true, 0
    local head = call('LINDEX', count.list, 0)
    open(count, head)
    if head then
      read(count, head)
      count.over, count.leaseEnd = count.over - count.shift, count.leaseEnd - count.shift
    end
  end

  -- Up to when a call is remembered by the window of the one that asks.
  local function overBy(count, admitted)
    if count.calendar == 0 then
      return admitted + count.one
    elseif admitted < count.begins then
      return 0
    elseif admitted < count.two then
      return count.two
    end
    return max(count.three, admitted + 1)
  end

  local function look(count)
    empty(count)
    used(count)
    if count.there and now < count.ends then
      count.duplicate, count.ago = true, now - count.newest
      count.longer = overBy(count, count.newest) > count.over
    end
    return nil
  end

  local function written(count)
    count.ends = count.ended == NOT_YET and max(count.over, count.leaseEnd) or count.over
    count.longest = max(0, count.ends - count.newest)
    renew(count, { pack(CALL, count.newest, count.ends, count.longest,
      count.over, count.leaseEnd, count.ended, count.of) .. count.record })
    keepUntil(count.list, count.ends)
  end

  local function add(count, record)
    count.record = record
    count.newest, count.ended, count.of = now, NOT_YET, id
    count.over, count.leaseEnd = overBy(count, now), now + count.lease
    written(count)
  end

  -- Returns up to when a later word on the end of the call could change what is remembered.
  local function finish(part, how)
    local head = call('LINDEX', part.list, 0)
    if not head then
      return nil
    end
    part.there = true
    read(part, head)
    part.newest = unpack1(HELD, head)
    if part.of ~= id then
      return nil
    elseif how == CANCELLED or how == NOT_DONE or part.over <= max(reading, part.newest) then
      remove(part)
      return nil
    end
    part.ended = how
    written(part)
    call('ZADD', part.live, part.ends, member(part)) -- due the sooner
    return part.ends
  end

  kinds[ONCE] = {
    begin = begin,
    look = look,
    add = add,
    held = function()
      return pack('>B', ONCE)
    end,
    -- A call that is made again is remembered for as long as it asks.
    setRight = function(count)
      if count.longer then
        count.over = overBy(count, count.newest)
      end
      if count.longer or (count.shift > 0 and now < count.ends) then
        written(count)
      end
      local record = count.longer and call('LINDEX', count.record, 0)
      if record then
        local ended, of, over = unpack1(RECORD, record)
        keepRecord(count.record, ended, of, max(over, count.ends))
      end
    end,
    ends = endsByItsHeader,
    finish = finish,
    isThere = function(count)
      open(count, call('LINDEX', count.list, 0))
      return count.there and max(now, count.newest) < count.ends
    end,
  }
end
