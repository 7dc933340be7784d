-- What every script that counts begins with: the clock, amounts, and the live keys of counters.
-- A script is this file, those of the kinds that it may meet, and its own, one after the other.
--
--   ARGV[1] begins with the reservation, the clock and the margin (0 and a second, but in tests,
--   whose clock is not the server's), and how many keys of a counter may be live
--
-- What is kept under a key is a list: a header, then entries. Times are microseconds since 1970.
-- Lua's numbers are doubles, so amounts are two numbers: billions, and the rest.

if #ARGV == 0 then
  return '' -- only to make the script known
end

local call, pack, unpack1 = redis.call, struct.pack, struct.unpack
local floor, ceil, max, min, sub = math.floor, math.ceil, math.max, math.min, string.sub

local BILLION, STEP = 1000000000, 1000000
local NEVER = 9007199254740992
local NOBODY = string.rep('\0', 8) -- in place of a reservation

-- How a call has ended.
local CANCELLED, NOT_DONE, UNKNOWN, DONE = 0, 1, 2, 3

-- What can be done with what is kept, by the number of its kind.
local kinds = {}

-- What is done where a grant's calls choose a key; see owners.lua.
local owners = {}

local id, clock, margin, maxKeys, rest = unpack1('>c8I8I8I4', ARGV[1])
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

-- In the coarser of the units that the count and the charge have: how much is asked for, of what.
local function inUnits(count)
  count.goes = min(count.places, count.decimals)
  if count.goes == count.decimals then
    return count.amountHi, count.amountLo, count.maxHi, count.maxLo
  end
  return count.coarseHi, count.coarseLo, count.coarseMaxHi, count.coarseMaxLo
end

local function empty(count)
  count.none, count.hi, count.lo, count.places = true, 0, 0, count.decimals
end

local function used(count)
  count.usedHi, count.usedLo, count.usedPlaces = count.hi, count.lo, count.places
end

-- The name of a key within the set of its counter's live ones.
local function member(count)
  return sub(count.list, #count.live + 2)
end

-- Until a whole margin, one at least after the end, so that `usual.lua` need not set it each time.
local function keepUntil(list, ends)
  local whole = ceil(max(ends, reading) / 1000 / margin) + 1
  call('PEXPIRE', list, whole * margin - floor(reading / 1000))
end

-- Some at a time, for Lua gives a command no more than some thousand arguments.
local function push(list, elements)
  for i = 1, #elements, 1000 do
    call('RPUSH', list, unpack(elements, i, min(i + 999, #elements)))
  end
end

-- What a call holds is recorded where it may end in several ways: how it has ended, the
-- reservation, and until when the record is of use; then the parts, as told in settle.lua.
local RECORD = '>Bc8I8'

local function keepRecord(name, state, of, over)
  call('LSET', name, 0, pack(RECORD, state, of, over))
  keepUntil(name, over)
end

-- Makes a list anew. What is not there is not deleted: a script whose first write is a deletion is
-- not refused when the server's memory has run out.
local function renew(count, elements)
  if count.there then
    call('DEL', count.list)
  end
  push(count.list, elements)
end

local function remove(count)
  call('DEL', count.list)
  call('ZREM', count.live, member(count))
end

-- The live keys of a counter are a sorted set, by when each is first due to be looked at.
-- `own` are the keys of the call itself, which are not put away while it looks at them.
local own, rooms, dead, alive = {}, {}, {}, {}

-- Looks at live keys that are due, and returns how many nothing counts under any more.
local function due(count, most)
  local found = 0
  for _, name in ipairs(call('ZRANGEBYSCORE', count.live, '-inf', now, 'LIMIT', 0, most)) do
    local list = count.live .. ':' .. name
    local ends = count.kind.ends(list, count)
    if own[list] then
      found = found + (ends and 0 or 1) -- in the set already
    elseif not ends or ends <= now then
      found = found + 1
      dead[#dead + 1] = { count.live, name, list }
    else
      alive[#alive + 1] = { count.live, ends, name }
    end
  end
  return found
end

-- Takes a place for a new key, if there is one; the call wants so many at most.
local function hasRoom(count, wanted)
  local room = rooms[count.live]
  if not room then
    room = maxKeys - call('ZCARD', count.live)
    room = room + due(count, room < wanted and 64 or 2)
  end
  rooms[count.live] = room - 1
  return room >= 1
end

-- Puts away what was found not to count any more.
local function tidy()
  for _, one in ipairs(dead) do
    call('DEL', one[3])
    call('ZREM', one[1], one[2])
  end
  for _, one in ipairs(alive) do
    call('ZADD', one[1], one[2], one[3])
  end
end
