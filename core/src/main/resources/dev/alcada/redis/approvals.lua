-- Keeps approval requests: one operation a call, atomic as every script.
--
--   KEYS   1: what the names of all keys begin with
--   ARGV   1: the operation; 2: the clock, 0 for the server's; then what the operation needs
--
--   …:records   hash    id → [version, state, expiry, bytes, grant] and the request as JSON
--   …:bound     hash    binding → id of the request that may hold
--   …:counted   sorted  ids of those that count, by when they cease to
--   …:of:GRANT  sorted  those of a grant, likewise
--   …:bytes     hash    GRANT → how many bytes those that count take, and so for all
--   …:ended     list    ids of the last that no longer count, oldest first

if #ARGV == 0 then
  return '' -- only to make the script known
end

local call, pack, unpack = redis.call, struct.pack, struct.unpack
local base = KEYS[1]
local RECORDS, BOUND, COUNTED = base .. ':records', base .. ':bound', base .. ':counted'
local BYTES, ENDED = base .. ':bytes', base .. ':ended'
local PENDING, ANSWERED, IN_USE, OVER = 0, 1, 2, 3
local HEAD = '>I8BI8I8c22'
local HEAD_BYTES = 47
local NEVER = 9007199254740992
local MOST_ENDED = 1000
local ALL = '*'

local operation, now = ARGV[1], tonumber(ARGV[2])
if now == 0 then
  local time = call('TIME')
  now = time[1] * 1000000 + time[2]
end

local function read(record)
  local version, state, expiry, bytes, grant = unpack(HEAD, record)
  return {
    version = version, state = state, expiry = expiry, bytes = bytes, grant = grant,
    json = string.sub(record, HEAD_BYTES + 1),
  }
end

local function record(id)
  local found = call('HGET', RECORDS, id)
  return found and read(found)
end

local function holder(binding)
  local id = call('HGET', BOUND, binding)
  local found = id and record(id)
  if found and (found.state == IN_USE or (found.state ~= OVER and now < found.expiry)) then
    return found
  end
  return nil
end

local function unbind(binding, id)
  if call('HGET', BOUND, binding) == id then
    call('HDEL', BOUND, binding)
  end
end

local function reckon(grant, bytes)
  for _, field in ipairs({ ALL, grant }) do
    if tonumber(call('HINCRBY', BYTES, field, bytes)) <= 0 then
      call('HDEL', BYTES, field)
    end
  end
end

-- Puts those that have ceased to count among those that have ended.
local function putAway()
  local over = call('ZRANGEBYSCORE', COUNTED, '-inf', now, 'LIMIT', 0, 1000)
  for _, id in ipairs(over) do
    local gone = record(id)
    call('ZREM', COUNTED, id)
    call('ZREM', base .. ':of:' .. gone.grant, id)
    reckon(gone.grant, -gone.bytes)
    call('RPUSH', ENDED, id)
  end
  while call('LLEN', ENDED) > MOST_ENDED do
    call('HDEL', RECORDS, call('LPOP', ENDED))
  end
end

local function keep(id, binding, raw)
  local next = read(raw)
  local ends = next.state == IN_USE and NEVER or next.expiry
  call('HSET', RECORDS, id, raw)
  call('ZADD', COUNTED, ends, id)
  call('ZADD', base .. ':of:' .. next.grant, ends, id)
  if next.state == OVER then
    unbind(binding, id)
  else
    call('HSET', BOUND, binding, id)
  end
end

local function reckoned(field)
  return tonumber(call('HGET', BYTES, field) or 0)
end

if operation == 'find' then
  local found = holder(ARGV[3])
  return found and found.json or ''
elseif operation == 'get' then
  local found = record(ARGV[3])
  return found and found.json or ''
elseif operation == 'pending' then
  local all = {}
  for _, id in ipairs(call('ZRANGEBYSCORE', COUNTED, now + 1, '+inf')) do
    local found = record(id)
    if found.state == PENDING then
      all[#all + 1] = pack('>I4', #found.json) .. found.json
    end
  end
  return table.concat(all)
elseif operation == 'add' then
  local id, binding, raw = ARGV[3], ARGV[4], ARGV[5]
  local perGrant, inAll = tonumber(ARGV[6]), tonumber(ARGV[7])
  local bytesPerGrant, bytesInAll = tonumber(ARGV[8]), tonumber(ARGV[9])
  local new = read(raw)
  local found = holder(binding)
  if found then
    return 'H' .. found.json
  end
  putAway()
  if call('ZCARD', COUNTED) >= inAll
    or call('ZCARD', base .. ':of:' .. new.grant) >= perGrant
    or reckoned(ALL) + new.bytes > bytesInAll
    or reckoned(new.grant) + new.bytes > bytesPerGrant
    or call('HGET', RECORDS, id)
  then
    return 'F'
  end
  reckon(new.grant, new.bytes)
  keep(id, binding, raw)
  return 'Y'
elseif operation == 'replace' then
  local id, binding, raw = ARGV[3], ARGV[4], ARGV[5]
  local known, next = record(id), read(raw)
  if not known
    or known.version ~= next.version - 1
    or not call('ZSCORE', COUNTED, id)
    or (known.state ~= IN_USE and now >= known.expiry)
  then
    return 'N'
  end
  reckon(known.grant, next.bytes - known.bytes)
  keep(id, binding, raw)
  return 'Y'
end
return redis.error_reply('no operation ' .. operation)
