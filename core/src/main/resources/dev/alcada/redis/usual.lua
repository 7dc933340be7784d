-- The usual call, without a detour: sliding windows whose keys are there and have room for it.
--
-- Whatever else a call is or meets is left to what follows, before anything is written. Most of
-- the time of so short a script would go into defining what it does not need, so this comes first
-- and stands by itself; what it reads and writes is told in amounts.lua.

local function usual()
  local call, pack, unpack1 = redis.call, struct.pack, struct.unpack
  local ceil, floor = math.ceil, math.floor
  local HEADER, ENTRY = '>I8I8I4I4B', '>I8I4I4c8'
  local BILLION, EXACT = 1000000000, 1024
  local GRANTED, REFUSED, EXHAUSTED = 0, 1, 0

  local id, clock, margin, _, reserving, recorded, charges = unpack1('>c8I8I8I4BBI4', ARGV[1])
  if reserving ~= 1 or recorded == 1 or charges ~= #ARGV - 1 then
    return nil
  end
  local reading = clock
  if clock == 0 then
    local time = call('TIME')
    reading = time[1] * 1000000 + time[2]
  end

  local now, counts = reading, {}
  for i = 1, charges do
    local _, _, calendar, above, decimals, length, _, _, maxHi, maxLo, addHi, addLo =
      unpack1('>BBBBBI8I8I8I4I4I4I4', ARGV[i + 1])
    local list = call('LRANGE', KEYS[2 * i - 1], 0, 4)
    if calendar == 1 or above == 1 or (addHi == 0 and addLo == 0) or not list[2] then
      return nil
    end
    local newest, birth, hi, lo, places = unpack1(HEADER, list[1])
    if places ~= decimals or newest > reading + length then
      return nil
    elseif newest > now then
      now = newest
    end
    counts[i] = {
      list = list, length = length, maxHi = maxHi, maxLo = maxLo, addHi = addHi, addLo = addLo,
      newest = newest, birth = birth, hi = hi, lo = lo, places = places, gone = 0,
    }
  end

  local answer = { pack('>BI8', GRANTED, reading) }
  for i = 1, charges do
    local count = counts[i]
    local list, length, hi, lo, gone = count.list, count.length, count.hi, count.lo, 0
    local stamp, goneHi, goneLo = unpack1(ENTRY, list[2])
    while now - stamp >= length do
      gone = gone + 1
      if not list[gone + 2] then
        return nil
      end
      hi, lo = hi - goneHi, lo - goneLo
      if lo < 0 then
        hi, lo = hi - 1, lo + BILLION
      end
      stamp, goneHi, goneLo = unpack1(ENTRY, list[gone + 2])
    end
    -- Each entry is of one unit at least, so few units are few entries.
    if (hi > 0 or lo >= EXACT) and call('LLEN', KEYS[2 * i - 1]) > EXACT then
      return nil
    end
    local usedHi, usedLo, leaves = hi, lo, stamp + length - reading
    hi, lo = hi + count.addHi, lo + count.addLo
    if lo >= BILLION then
      hi, lo = hi + 1, lo - BILLION
    end
    if hi > count.maxHi or (hi == count.maxHi and lo > count.maxLo) then
      hi, lo = hi - goneHi, lo - goneLo
      if lo < 0 then
        hi, lo = hi - 1, lo + BILLION
      end
      if charges > 1 or hi > count.maxHi or (hi == count.maxHi and lo > count.maxLo) then
        return nil
      end
      -- There is room once the oldest has left.
      return pack('>BI8I4BI8I8BI4I4BI8I8I8B', REFUSED, reading, i, EXHAUSTED, leaves + 1, 0, 0,
        usedHi, usedLo, count.places, leaves + 1, count.newest, count.birth, count.places)
    end
    answer[i + 1] = pack('>I4I4BI8I8I8B',
      usedHi, usedLo, count.places, leaves + 1, now, count.birth, count.places)
    count.hi, count.lo, count.gone = hi, lo, gone
  end

  for i = 1, charges do
    local count, list = counts[i], KEYS[2 * i - 1]
    if count.gone > 0 then
      call('LTRIM', list, count.gone, -1)
    end
    call('LSET', list, 0, pack(HEADER, now, count.birth, count.hi, count.lo, count.places))
    call('RPUSH', list, pack(ENTRY, now, count.addHi, count.addLo, id))
    -- Until a whole margin, as keepUntil has it.
    local whole = ceil((now + count.length) / 1000 / margin) + 1
    if whole ~= ceil((count.newest + count.length) / 1000 / margin) + 1 then
      call('PEXPIRE', list, whole * margin - floor(reading / 1000))
    end
  end
  return table.concat(answer)
end

if #ARGV > 0 then
  local answer = usual()
  if answer then
    return answer
  end
end
