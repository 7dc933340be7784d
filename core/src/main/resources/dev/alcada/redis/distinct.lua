-- Different values within a window.
--
--   [newest stamp, end, length] [stamp, reservation, digest] [stamp, reservation, digest] …
--
-- The stamp is of the latest call that had the value; the reservation of the one that brought it
-- in, as long as no other has had it since. Of a calendar's the stamp is the end of the period.

do
  local DISTINCT = 1
  local VALUE = '>I8c8c16'
  local WANTED, DIGEST = '>BBBI8I8I8I4', 16

  local function begin(count, argument)
    local _, most, next
    _, count.calendar, count.above, count.one, count.two, count.three, most, next =
      unpack1(WANTED, argument)
    count.most, count.decimals, count.values = most, 0, {}
    for at = next, #argument, DIGEST do
      count.values[#count.values + 1] = sub(argument, at, at + DIGEST - 1)
    end
    count.wanted = #count.values > 0
    open(count, call('LINDEX', count.list, 0), count.calendar)
    count.ahead = count.calendar == 1 and count.there and count.newest > count.three
  end

  local function read(count)
    local left, all = {}, call('LRANGE', count.list, 1, -1)
    for _, raw in ipairs(all) do
      local stamp, of, digest = unpack1(VALUE, raw)
      local counts
      if count.calendar == 1 then
        stamp = count.ahead and count.period or stamp
        counts = stamp >= count.period
      else
        stamp = stamp - count.shift
        counts = now - stamp < count.one
      end
      if counts then
        left[#left + 1] = { stamp, of, digest }
      end
    end
    count.rewrite = #left < #all or count.shift > 0 or count.ahead
    return left
  end

  local function leaves(count, stamp)
    return count.calendar == 1 and stamp or stamp + count.one
  end

  local function look(count)
    count.period = count.two
    if count.there and not count.ahead then
      count.period = max(count.period, count.newest)
    end
    count.entries = count.there and read(count) or {}
    count.none = #count.entries == 0
    count.hi, count.lo, count.places = 0, #count.entries, 0
    used(count)
    local own, others, first = {}, {}, NEVER
    for _, digest in ipairs(count.values) do
      own[digest] = true
    end
    for _, value in ipairs(count.entries) do
      first = min(first, value[1])
      if not own[value[3]] then
        others[#others + 1] = value[1]
      end
    end
    if first < NEVER then
      count.leaves = leaves(count, first) - reading
    end
    local leaving = #others - (count.most - #count.values)
    if leaving <= 0 or #others == 0 then
      return nil
    end
    table.sort(others)
    return leaves(count, others[min(leaving, #others)])
  end

  local function header(count)
    return pack(HELD, count.newest, count.ends, count.calendar == 1 and 0 or count.one)
  end

  local function written(count)
    local elements = { header(count) }
    for _, value in ipairs(count.entries) do
      elements[#elements + 1] = pack(VALUE, value[1], value[2], value[3])
    end
    renew(count, elements)
    keepUntil(count.list, count.ends)
  end

  local function add(count)
    local stamp = count.calendar == 1 and count.period or now
    local known = #count.entries
    local places, new = {}, {}
    for at, value in ipairs(count.entries) do
      places[value[3]] = at
    end
    for _, digest in ipairs(count.values) do
      local at = places[digest]
      if at then
        count.entries[at] = { stamp, NOBODY, digest }
      else
        count.entries[#count.entries + 1] = { stamp, id, digest }
      end
    end
    count.newest, count.ends = stamp, leaves(count, stamp)
    if count.none or count.rewrite then
      written(count)
      return
    end
    for _, digest in ipairs(count.values) do
      local at = places[digest]
      if at then
        call('LSET', count.list, at, pack(VALUE, stamp, NOBODY, digest))
      else
        new[#new + 1] = pack(VALUE, stamp, id, digest)
      end
    end
    call('LSET', count.list, 0, header(count))
    push(count.list, new)
    keepUntil(count.list, count.ends)
  end

  -- Takes out what the call brought in, if no other has had it since.
  local function finish(part, how)
    local head = how == CANCELLED and call('LINDEX', part.list, 0)
    if not head then
      return nil
    end
    local newest, _, length = unpack1(HELD, head)
    local last, gone = nil, {}
    for _, raw in ipairs(call('LRANGE', part.list, 1, -1)) do
      local stamp, of = unpack1(VALUE, raw)
      if of == id then
        gone[#gone + 1] = raw
      else
        last = max(last or stamp, stamp)
      end
    end
    if not last then
      remove(part)
    elseif #gone > 0 then
      for _, raw in ipairs(gone) do
        call('LREM', part.list, 1, raw)
      end
      call('LSET', part.list, 0, pack(HELD, newest, last + length, length))
      call('ZADD', part.live, last + length, member(part)) -- due the sooner
    end
    return nil
  end

  kinds[DISTINCT] = {
    begin = begin,
    look = look,
    add = add,
    held = function()
      return pack('>B', DISTINCT)
    end,
    setRight = function(count)
      if (count.shift > 0 or count.ahead) and not count.none then
        count.newest = count.calendar == 1 and count.period or count.newest
        count.ends = count.calendar == 1 and count.period or count.ends
        written(count)
      end
    end,
    ends = endsByItsHeader,
    finish = finish,
  }
end
