-- Ends a call, once: gives back what it holds, and leaves the marks that its end leaves.
--
--   KEYS   the marker that it has ended; the record of the call, if one was kept; then for each
--          part of ARGV: its list, the sorted set of its counter's live keys
--   ARGV   1: the call; then what it holds if no record was kept, and the marks that its end leaves
--
-- A record: how the call has ended and its reservation; then of each part the list, the set of live
-- keys and what it holds. It is kept as long as anything of the call can be ended, and, where
-- nobody knows how it has ended, as long as a later word could still change something.

local how, recorded, late, marked = unpack1('>BBBI8', ARGV[1], rest)
local NOT_YET = 0

local record = recorded == 1 and call('LRANGE', KEYS[2], 0, -1) or {}
local ended, over = NOT_YET, 0
if record[1] then
  ended, id, over = unpack1(RECORD, record[1])
end
if ended ~= NOT_YET and late == 0 or late == 1 and over <= reading then
  return '0'
elseif record[1] then
  -- First what frees memory: a script that has begun is not refused when that has run out.
  call('DEL', KEYS[2])
  call('SET', KEYS[1], '1', 'PX', marked)
elseif not call('SET', KEYS[1], '1', 'NX', 'PX', marked) then
  return '0'
end

local parts = {}
for k = 2, #record, 3 do
  parts[#parts + 1] = { list = record[k], live = record[k + 1], argument = record[k + 2] }
end
for i = 2, #ARGV do
  local at = 2 * i - 2 + recorded
  parts[#parts + 1] = { list = KEYS[at], live = KEYS[at + 1], argument = ARGV[i] }
end
for _, part in ipairs(parts) do
  own[part.list] = true
end
local latest = 0
for _, part in ipairs(parts) do
  local finish = kinds[string.byte(part.argument)].finish
  latest = max(latest, finish(part, how) or 0)
end
tidy()
if record[1] and how == UNKNOWN and latest > reading then
  record[1] = pack(RECORD, UNKNOWN, id, latest)
  push(KEYS[2], record)
  keepUntil(KEYS[2], latest)
end
return '1'
