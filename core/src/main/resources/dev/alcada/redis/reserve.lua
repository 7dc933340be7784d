-- Reserves all charges of one call, or nothing; or looks what it would do.
--
--   KEYS   for each charge: the list of its count, the sorted set of its counter's live keys
--   ARGV   1: the call; then for each charge what it is (see the unpacking below)
--
-- A count is a list: a header, then what it admitted, oldest first.
--
--   [newest stamp, birth, sum, places] [stamp, amount, reservation] [stamp, amount, reservation] …
--
-- A calendar's has the header alone, and its stamp is the end of the period. Times are microseconds
-- since 1970. Lua's numbers are doubles, so amounts are two numbers: billions, and the rest.
--
-- Everything is looked at first. What is written before a refusal is known is nothing; after it,
-- only what counts no longer is put away, and what a clock that was wrong has left is set right.

if #ARGV == 0 then
  return '' -- only to make the script known
end

local call, pack, unpack1 = redis.call, struct.pack, struct.unpack
local floor, ceil, max, min = math.floor, math.ceil, math.max, math.min

local BILLION, STEP = 1000000000, 1000000
local EXACT = 1024 -- entries beyond which those of one cell are kept together
local HEADER, ENTRY = '>I8I8I4I4B', '>I8I4I4c8'
local TOGETHER = string.rep('\0', 8) -- in place of a reservation: the entry is several calls'
local EXHAUSTED, ABOVE_MAX, TOO_MANY_KEYS = 0, 1, 2
local GRANTED, REFUSED, ASK_AGAIN = 0, 1, 2

-- clock and margin: 0 and a second but in tests, whose clock is not the server's
local reserving, id, maxKeys, clock, margin = unpack1('>Bc8I4I8I8', ARGV[1])

local reading = clock
if clock == 0 then
  local time = call('TIME')
  reading = time[1] * 1000000 + time[2]
end
local now = reading

local function plus(hi, lo, hi2, lo2)
  lo = lo + lo2
  hi = hi + hi2
  if lo >= BILLION then
    return hi + 1, lo - BILLION
  end
  return hi, lo
end

-- Of what may be negative, the billions are.
local function minus(hi, lo, hi2, lo2)
  lo = lo - lo2
  hi = hi - hi2
  if lo < 0 then
    return hi - 1, lo + BILLION
  end
  return hi, lo
end

local function more(hi, lo, hi2, lo2)
  return hi > hi2 or (hi == hi2 and lo > lo2)
end

-- From units of nine places to units of three, rounded up.
local function coarse(hi, lo)
  local units = hi * 1000 + ceil(lo / STEP)
  return floor(units / BILLION), units % BILLION
end

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

local function begin(i)
  local count = { list = KEYS[2 * i - 1], live = KEYS[2 * i] }
  -- of a sliding window: its length and its cell; of a calendar's period: when it is known to have
  -- begun, its end, and that of the next
  count.calendar, count.above, count.decimals,
    count.one, count.two, count.three,
    count.maxHi, count.maxLo, count.amountHi, count.amountLo,
    count.coarseMaxHi, count.coarseMaxLo, count.coarseHi, count.coarseLo =
    unpack1('>BBBI8I8I8I4I4I4I4I4I4I4I4', ARGV[i + 1])
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
  end
  return count
end

-- Takes a count from a clock that was far ahead to the present, with all that it holds.
local function bring(count, stamp)
  count.newest, count.birth, count.rewrite = stamp, reading, true
  count.raw = { pack(ENTRY, stamp, count.hi, count.lo, TOGETHER) }
  count.read, count.all = 1, true
end

local function empty(count)
  count.none, count.hi, count.lo, count.places = true, 0, 0, count.decimals
end

local function used(count)
  count.usedHi, count.usedLo, count.usedPlaces = count.hi, count.lo, count.places
end

-- In the coarser of the units that the count and the charge have: how much is asked for, of what.
local function inUnits(count)
  count.goes = min(count.places, count.decimals)
  if count.goes == count.decimals then
    return count.amountHi, count.amountLo, count.maxHi, count.maxLo
  end
  return count.coarseHi, count.coarseLo, count.coarseMaxHi, count.coarseMaxLo
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

local function keepUntil(count)
  call('PEXPIRE', count.list, ceil(max(expiry(count) - reading, 0) / 1000) + margin)
end

-- The keys of the call itself, which are not put away while it looks at them.
local own = {}

-- Looks at live keys of a counter that are due, and returns how many nothing counts under any more.
local function due(count, most, dead, alive)
  local found = 0
  local members = call('ZRANGEBYSCORE', count.live, '-inf', now, 'LIMIT', 0, most)
  for _, member in ipairs(members) do
    local list = count.live .. ':' .. member
    -- The end of the period, or the last entry: the newest may have been given back.
    local last = call('LINDEX', list, count.calendar == 1 and 0 or -1)
    local ends = 0
    if last then
      ends = unpack1('>I8', last) + (count.calendar == 1 and 0 or count.one)
    end
    if own[list] then
      found = found + (last and 0 or 1) -- in the set already
    else
      if ends <= now then
        found = found + 1
        dead[#dead + 1] = { count.live, member, list }
      else
        alive[#alive + 1] = { count.live, ends, member }
      end
    end
  end
  return found
end

-- 1. What there is. One instant for all, no earlier than any of the counts has seen.
local counts = {}
for i = 1, #KEYS / 2 do
  local count = begin(i)
  own[count.list] = true
  counts[i] = count
  if count.calendar == 1 then
    if reading < count.one or reading >= count.two then
      return pack('>BI8', ASK_AGAIN, reading)
    end
    count.ahead = count.there and count.newest > count.three
  elseif count.there then
    count.ahead = count.newest > reading + count.one
    if not count.ahead then
      now = max(now, count.newest)
    end
  end
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

local dead, alive, rooms = {}, {}, {}
for i, count in ipairs(counts) do
  local free
  if count.calendar == 1 then
    free = lookCalendar(count)
  else
    free = lookSliding(count)
  end
  if count.above == 1 then
    refuse(i, ABOVE_MAX, nil)
  elseif count.wanted and free then
    refuse(i, EXHAUSTED, free)
  elseif count.wanted and not count.there then
    count.new = true
    local room = rooms[count.live]
    if not room then
      room = maxKeys - call('ZCARD', count.live)
      room = room + due(count, room < #counts and 64 or 2, dead, alive)
    end
    if room < 1 then
      refuse(i, TOO_MANY_KEYS, nil)
    end
    rooms[count.live] = room - 1
  end
end

-- 3. What is put away or set right whatever the answer is; a look changes nothing.
if reserving == 1 then
  for _, one in ipairs(dead) do
    call('DEL', one[3])
    call('ZREM', one[1], one[2])
  end
  for _, one in ipairs(alive) do
    call('ZADD', one[1], one[2], one[3])
  end
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
  call('DEL', count.list)
  call('RPUSH', count.list, unpack(elements))
end

local function addSliding(count)
  if count.none then
    call('DEL', count.list)
    count.birth = now
  end
  local last, lastHi, lastLo
  if count.there and not count.none and not count.rewrite and call('LLEN', count.list) > EXACT + count.gone then
    last, lastHi, lastLo = unpack1(ENTRY, call('LINDEX', count.list, -1))
  end
  count.newest = now
  count.hi, count.lo = plus(count.hi, count.lo, count.addHi, count.addLo)
  if count.none then
    call('RPUSH', count.list, header(count))
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

-- 4. All of it.
if reserving == 1 and not refused then
  for _, count in ipairs(counts) do
    if count.wanted then
      if count.none then
        count.addHi, count.addLo = count.amountHi, count.amountLo
      end
      if count.calendar == 1 then
        addCalendar(count)
      else
        addSliding(count)
      end
      keepUntil(count)
      if count.new then
        call('ZADD', count.live, expiry(count), string.sub(count.list, #count.live + 2))
      end
    end
  end
elseif reserving == 1 then
  for _, count in ipairs(counts) do
    if count.ahead and count.rewrite and not count.none then
      rewritten(count)
      keepUntil(count)
    end
  end
end

-- 5. The answer.
local answer = { pack('>BI8', refused and REFUSED or GRANTED, reading) }
if refused then
  answer[2] = pack('>I4BI8', refused - 1, reason, never and 0 or wait + 1)
end
for _, count in ipairs(counts) do
  answer[#answer + 1] = pack(
    '>I4I4BI8I8I8B',
    count.usedHi, count.usedLo, count.usedPlaces,
    count.leaves and count.leaves + 1 or 0,
    count.newest or 0, count.birth or 0, count.places)
end
return table.concat(answer)
