-- What runs now.
--
--   [newest stamp, end, lease, first, sum, places] [leaves, amount, reservation] …
--
-- An entry leaves with its call, or with its lease. Before `first` none has outlived its lease, and
-- the sum is that of all.

do
  local IN_FLIGHT = 2
  local HEADER, RUN = '>I8I8I8I8I4I4B', '>I8I4I4c8'

  local function begin(count, argument)
    local _
    _, count.above, count.decimals, count.lease,
      count.maxHi, count.maxLo, count.amountHi, count.amountLo,
      count.coarseMaxHi, count.coarseMaxLo, count.coarseHi, count.coarseLo =
      unpack1('>BBBI8I4I4I4I4I4I4I4I4', argument)
    count.wanted = count.above == 0 and (count.amountHi > 0 or count.amountLo > 0)
    local head = call('LINDEX', count.list, 0)
    open(count, head)
    if head then
      local _
      _, _, _, count.first, count.hi, count.lo, count.places = unpack1(HEADER, head)
    end
  end

  -- Reads the entries, leaves out those that have outlived their lease, and adds up the others.
  local function sortOut(count, inCoarse)
    local left, hi, lo, first, ends = {}, 0, 0, NEVER, 0
    for _, raw in ipairs(call('LRANGE', count.list, 1, -1)) do
      local leaves, thisHi, thisLo, of = unpack1(RUN, raw)
      leaves = leaves - count.shift
      if leaves > now then
        if inCoarse then
          thisHi, thisLo = coarse(thisHi, thisLo)
        end
        hi, lo = plus(hi, lo, thisHi, thisLo)
        first, ends = min(first, leaves), max(ends, leaves)
        left[#left + 1] = pack(RUN, leaves, thisHi, thisLo, of)
      end
    end
    count.entries, count.hi, count.lo, count.first, count.ends = left, hi, lo, first, ends
  end

  -- Knows no wait: whether there will be room is the running calls' to say.
  local function look(count)
    if not count.there or now >= count.ends then
      empty(count)
      used(count)
      return nil
    end
    if count.shift > 0 or now >= count.first then
      sortOut(count, false)
      if #count.entries == 0 then
        empty(count)
        used(count)
        return nil
      end
    end
    used(count)
    local amountHi, amountLo, maxHi, maxLo = inUnits(count)
    if count.goes < count.places then
      sortOut(count, true)
      count.places = count.goes
    end
    count.addHi, count.addLo = amountHi, amountLo
    local wouldHi, wouldLo = plus(count.hi, count.lo, amountHi, amountLo)
    return more(wouldHi, wouldLo, maxHi, maxLo) or nil
  end

  local function header(count)
    return pack(HEADER, count.newest, count.ends, count.longest, count.first,
      count.hi, count.lo, count.places)
  end

  local function written(count)
    table.insert(count.entries, 1, header(count))
    renew(count, count.entries)
  end

  local function add(count)
    local leaves = now + count.lease
    if count.none then
      count.addHi, count.addLo = count.amountHi, count.amountLo
      count.entries, count.first, count.ends, count.longest = {}, NEVER, 0, 0
    end
    count.hi, count.lo = plus(count.hi, count.lo, count.addHi, count.addLo)
    count.newest, count.longest = now, max(count.longest, count.lease)
    count.first, count.ends = min(count.first, leaves), max(count.ends, leaves)
    if count.entries then
      written(count)
    else
      call('LSET', count.list, 0, header(count))
    end
    call('RPUSH', count.list, pack(RUN, leaves, count.addHi, count.addLo, id))
    keepUntil(count.list, count.ends)
  end

  -- However the call has ended, it runs no more.
  local function finish(part)
    local head = call('LINDEX', part.list, 0)
    if not head then
      return nil
    end
    local newest, ends, longest, first, hi, lo, places = unpack1(HEADER, head)
    local runs = call('LRANGE', part.list, 1, -1)
    for _, raw in ipairs(runs) do
      local _, thisHi, thisLo, of = unpack1(RUN, raw)
      if of == id and #runs == 1 then
        remove(part)
      elseif of == id then
        call('LREM', part.list, -1, raw)
        hi, lo = minus(hi, lo, thisHi, thisLo)
        call('LSET', part.list, 0, pack(HEADER, newest, ends, longest, first, hi, lo, places))
      end
    end
    return nil
  end

  kinds[IN_FLIGHT] = {
    begin = begin,
    look = look,
    add = add,
    held = function()
      return pack('>B', IN_FLIGHT)
    end,
    setRight = function(count)
      if count.shift > 0 and not count.none then
        written(count)
        keepUntil(count.list, count.ends)
      end
    end,
    ends = endsByItsHeader,
    finish = finish,
    isThere = function(count)
      open(count, call('LINDEX', count.list, 0))
      if count.there then
        now = max(now, count.newest)
        sortOut(count, false)
      end
      return count.there and #count.entries > 0
    end,
  }
end
