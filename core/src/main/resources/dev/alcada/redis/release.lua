-- Gives back what a reservation holds, once: exactly what it added, or nothing.
--
--   KEYS   1: the reservation's marker; then for each charge the list of its count, the live keys
--   ARGV   1: the call; then for each charge what it added (see the unpacking below)
--
-- The layout of a count is told in reserve.lua. An entry that is still the reservation's own is
-- found by its bytes. One that is kept together with others lies in the first such entry at or
-- after its stamp, as long as its window lasts; the birth tells whether it is still the same count.

if #ARGV == 0 then
  return '' -- only to make the script known
end

local call, pack, unpack = redis.call, struct.pack, struct.unpack

local BILLION = 1000000000
local HEADER, ENTRY = '>I8I8I4I4B', '>I8I4I4c8'
local TOGETHER = string.rep('\0', 8)
local CHUNK = 256

local id, clock, marked = unpack('>c8I8I8', ARGV[1])
if not call('SET', KEYS[1], '1', 'NX', 'PX', marked) then
  return '0'
end
local reading = clock
if clock == 0 then
  local time = call('TIME')
  reading = time[1] * 1000000 + time[2]
end

local function minus(hi, lo, hi2, lo2)
  lo = lo - lo2
  hi = hi - hi2
  if lo < 0 then
    return hi - 1, lo + BILLION
  end
  return hi, lo
end

local function least(hi, lo, hi2, lo2)
  if hi < hi2 or (hi == hi2 and lo < lo2) then
    return hi, lo
  end
  return hi2, lo2
end

-- Takes an amount out of the first entry at or after a stamp that several calls share.
local function takeOfTogether(list, stamp, hi, lo)
  local from = 1
  while true do
    local chunk = call('LRANGE', list, from, from + CHUNK - 1)
    for i, raw in ipairs(chunk) do
      local at, thereHi, thereLo, of = unpack(ENTRY, raw)
      if at >= stamp and of == TOGETHER then
        hi, lo = least(hi, lo, thereHi, thereLo)
        thereHi, thereLo = minus(thereHi, thereLo, hi, lo)
        if thereHi == 0 and thereLo == 0 then
          call('LSET', list, from + i - 1, 'gone')
          call('LREM', list, 1, 'gone')
        else
          call('LSET', list, from + i - 1, pack(ENTRY, at, thereHi, thereLo, TOGETHER))
        end
        return hi, lo
      end
    end
    if #chunk < CHUNK then
      return 0, 0
    end
    from = from + CHUNK
  end
end

for i = 2, #ARGV do
  local list, live = KEYS[2 * i - 2], KEYS[2 * i - 1]
  local calendar, added, length, stamp, birth, exactHi, exactLo, upHi, upLo, downHi, downLo =
    unpack('>BBI8I8I8I4I4I4I4I4I4', ARGV[i])
  local head = call('LINDEX', list, 0)
  if head then
    local newest, born, sumHi, sumLo, places = unpack(HEADER, head)
    local hi, lo = 0, 0
    local partHi, partLo = exactHi, exactLo
    if places < added then
      exactHi, exactLo, partHi, partLo = upHi, upLo, downHi, downLo
    end
    if places > added then
      -- In finer units than it was added in: nothing is left of what counted then.
    elseif calendar == 1 then
      if newest == stamp and born == birth then
        hi, lo = least(partHi, partLo, sumHi, sumLo)
      end
    elseif call('LREM', list, -1, pack(ENTRY, stamp, exactHi, exactLo, id)) == 1 then
      hi, lo = exactHi, exactLo
    elseif born == birth and math.max(reading, newest) - stamp < length then
      hi, lo = takeOfTogether(list, stamp, partHi, partLo)
    end
    if hi > 0 or lo > 0 then
      sumHi, sumLo = minus(sumHi, sumLo, hi, lo)
      if sumHi > 0 or sumLo > 0 then
        call('LSET', list, 0, pack(HEADER, newest, born, sumHi, sumLo, places))
        local last = calendar == 0 and unpack('>I8', call('LINDEX', list, -1))
        if last and last < stamp then
          call('ZADD', live, last + length, string.sub(list, #live + 2)) -- due the sooner
        end
      else
        call('DEL', list)
        call('ZREM', live, string.sub(list, #live + 2))
      end
    end
  end
end
return '1'
