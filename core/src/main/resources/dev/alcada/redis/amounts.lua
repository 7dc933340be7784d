-- Amounts within a window.
--
--   [newest stamp, birth, sum, places] [stamp, amount, reservation] [stamp, amount, reservation] …
--
-- Oldest first. A calendar's has the header alone, and its stamp is the end of the period.

do
  local AMOUNT = 0
  local EXACT = 1024 -- entries beyond which those of one cell are kept together
  local HEADER, ENTRY = '>I8I8I4I4B', '>I8I4I4c8'
  local TOGETHER = NOBODY -- the entry is several calls'

  -- The entries of a count, from 1, read as they are needed.
  local function entry(count, place)
    if place > count.read and not count.all then
      local chunk = call('LRANGE', count.list, count.read + 1, count.read + count.chunk)
      for i = 1, #chunk do
        count.raw[count.read + i] = chunk[i]
      end
      count.read = count.read + #chunk
      count.all = #chunk < count.chunk
      count.chunk = count.chunk * 4
    end
    if place > count.read then
      return nil
    end
    local stamp, hi, lo, of = unpack1(ENTRY, count.raw[place])
    if count.goesCoarse then
      hi, lo = coarse(hi, lo)
    end
    return stamp, hi, lo, of
  end

  local function begin(count, argument)
    -- of a sliding window: its length and its cell; of a calendar's period: when it is known to have
    -- begun, its end, and that of the next
    local _
    _, count.releasable, count.calendar, count.above, count.decimals,
      count.one, count.two, count.three,
      count.maxHi, count.maxLo, count.amountHi, count.amountLo,
      count.coarseMaxHi, count.coarseMaxLo, count.coarseHi, count.coarseLo =
      unpack1('>BBBBBI8I8I8I4I4I4I4I4I4I4I4', argument)
    count.wanted = count.above == 0 and (count.amountHi > 0 or count.amountLo > 0)
    count.gone = 0
    local head = call('LRANGE', count.list, 0, 4)
    if head[1] then
      count.there = true
      count.newest, count.birth, count.hi, count.lo, count.places = unpack1(HEADER, head[1])
      count.raw, count.read, count.all, count.chunk = {}, #head - 1, #head < 5, 16
      for k = 2, #head do
        count.raw[k - 1] = head[k]
      end
      if count.calendar == 1 then
        count.ahead = count.newest > count.three
      else
        count.ahead = count.newest > reading + count.one
        count.floor = not count.ahead and count.newest or nil
      end
    end
  end

  -- Takes a count from a clock that was far ahead to the present, with all that it holds.
  local function bring(count, stamp)
    count.newest, count.birth, count.rewrite = stamp, reading, true
    count.raw = { pack(ENTRY, stamp, count.hi, count.lo, TOGETHER) }
    count.read, count.all = 1, true
  end

  -- Returns when there is room, or nothing if there is now.
  local function lookSliding(count)
    if not count.there or now - count.newest >= count.one then
      empty(count)
      used(count)
      return nil
    end
    if count.ahead then
      bring(count, now)
    end
    local stamp, hi, lo = entry(count, 1)
    while stamp and now - stamp >= count.one do
      count.gone = count.gone + 1
      count.hi, count.lo = minus(count.hi, count.lo, hi, lo)
      stamp, hi, lo = entry(count, count.gone + 1)
    end
    if not stamp then
      empty(count)
      used(count)
      return nil
    end
    used(count)
    count.leaves = stamp + count.one - reading
    local amountHi, amountLo, maxHi, maxLo = inUnits(count)
    if count.goes < count.places then
      count.goesCoarse, count.rewrite = true, true
      local sumHi, sumLo, place = 0, 0, count.gone + 1
      stamp, hi, lo = entry(count, place)
      while stamp do
        sumHi, sumLo = plus(sumHi, sumLo, hi, lo)
        place = place + 1
        stamp, hi, lo = entry(count, place)
      end
      count.hi, count.lo = sumHi, sumLo
    end
    count.places = count.goes
    local wouldHi, wouldLo = plus(count.hi, count.lo, amountHi, amountLo)
    count.addHi, count.addLo = amountHi, amountLo
    if not more(wouldHi, wouldLo, maxHi, maxLo) then
      return nil
    end
    if more(amountHi, amountLo, maxHi, maxLo) then
      return count.newest + count.one -- by rounding, which ends when all has left
    end
    local tooHi, tooLo = minus(wouldHi, wouldLo, maxHi, maxLo)
    local place = count.gone
    while tooHi > 0 or (tooHi == 0 and tooLo > 0) do
      place = place + 1
      stamp, hi, lo = entry(count, place)
      if not stamp then
        return count.newest + count.one
      end
      tooHi, tooLo = minus(tooHi, tooLo, hi, lo)
    end
    return stamp + count.one
  end

  local function lookCalendar(count)
    count.period = count.two
    if count.there then
      if count.ahead then
        count.newest, count.birth, count.rewrite = count.period, reading, true
      end
      count.period = max(count.period, count.newest)
    end
    if not count.there or count.newest < count.period or (count.hi == 0 and count.lo == 0) then
      empty(count)
      used(count)
      return nil
    end
    used(count)
    count.leaves = count.period - reading
    local amountHi, amountLo, maxHi, maxLo = inUnits(count)
    if count.goes < count.places then
      count.hi, count.lo = coarse(count.hi, count.lo)
    end
    count.places = count.goes
    count.addHi, count.addLo = amountHi, amountLo
    local wouldHi, wouldLo = plus(count.hi, count.lo, amountHi, amountLo)
    return more(wouldHi, wouldLo, maxHi, maxLo) and count.period or nil
  end

  local function expiry(count)
    return count.calendar == 1 and count.newest or count.newest + count.one
  end

  local function header(count)
    return pack(HEADER, count.newest, count.birth, count.hi, count.lo, count.places)
  end

  local function rewritten(count)
    local elements = { header(count) }
    if count.calendar == 0 and not count.none then
      local place = count.gone + 1
      local stamp, hi, lo, of = entry(count, place)
      while stamp do
        elements[#elements + 1] = pack(ENTRY, stamp, hi, lo, of)
        place = place + 1
        stamp, hi, lo, of = entry(count, place)
      end
    end
    renew(count, elements)
  end

  local function addSliding(count)
    if count.none then
      count.birth = now
    end
    local last, lastHi, lastLo
    local kept = count.there and not count.none and not count.rewrite
    if kept and (count.all and count.read or call('LLEN', count.list) - 1) >= EXACT + count.gone then
      last, lastHi, lastLo = unpack1(ENTRY, call('LINDEX', count.list, -1))
    end
    count.newest = now
    count.hi, count.lo = plus(count.hi, count.lo, count.addHi, count.addLo)
    if count.none then
      renew(count, { header(count) })
    elseif count.rewrite then
      rewritten(count)
    else
      if count.gone > 0 then
        call('LTRIM', count.list, count.gone, -1)
      end
      call('LSET', count.list, 0, header(count))
    end
    if last and floor(last / count.two) == floor(now / count.two) then
      lastHi, lastLo = plus(lastHi, lastLo, count.addHi, count.addLo)
      call('LSET', count.list, -1, pack(ENTRY, now, lastHi, lastLo, TOGETHER))
    else
      call('RPUSH', count.list, pack(ENTRY, now, count.addHi, count.addLo, id))
    end
  end

  local function addCalendar(count)
    if count.none then
      count.birth = reading
    end
    count.newest = count.period
    count.hi, count.lo = plus(count.hi, count.lo, count.addHi, count.addLo)
    if count.there then
      call('LSET', count.list, 0, header(count))
    else
      call('RPUSH', count.list, header(count))
    end
  end

  local function add(count)
    if count.none then
      count.addHi, count.addLo = count.amountHi, count.amountLo
    end
    if count.calendar == 1 then
      addCalendar(count)
    else
      addSliding(count)
    end
    count.ends = expiry(count)
    keepUntil(count.list, count.ends)
  end

  -- What the end of the call needs to know; see amounts_back.lua.
  local function held(count)
    local hi, lo = count.addHi, count.addLo
    local upHi, upLo, downHi, downLo = hi, lo, hi, lo
    if count.places ~= 3 then
      upHi, upLo = coarse(hi, lo)
      downHi, downLo = coarse(hi, lo - lo % STEP)
    end
    return pack('>BBBBI8I8I8I4I4I4I4I4I4', AMOUNT, count.releasable, count.calendar, count.places,
      count.one, count.newest, count.birth, hi, lo, upHi, upLo, downHi, downLo)
  end

  kinds[AMOUNT] = {
    begin = begin,
    add = add,
    held = held,
    look = function(count)
      if count.calendar == 1 then
        return lookCalendar(count)
      end
      return lookSliding(count)
    end,
    -- Keeps what a clock that was far ahead has left as it was found to be at present.
    setRight = function(count)
      if count.ahead and count.rewrite and not count.none then
        rewritten(count)
        keepUntil(count.list, expiry(count))
      end
    end,
    -- The end of the period, or the last entry's: the newest may have been given back.
    ends = function(list, count)
      local last = call('LINDEX', list, count.calendar == 1 and 0 or -1)
      return last and unpack1('>I8', last) + (count.calendar == 1 and 0 or count.one)
    end,
  }
end
