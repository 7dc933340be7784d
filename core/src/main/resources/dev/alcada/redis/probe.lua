-- Runs every command of the other scripts on keys of its own, and returns those that it may not.
--
--   KEYS   a list, a sorted set, a text, a hash
--   ARGV   whose commands: counters or approvals

if #ARGV == 0 then
  return '' -- only to see whether a script may be run by its digest
end

local missing, why = {}, ''
local function try(command, ...)
  local answer = redis.pcall(command, ...)
  if type(answer) == 'table' and answer.err then
    missing[#missing + 1] = command
    why = answer.err
  end
end

-- First those that see to it that nothing of this stays.
try('DEL', unpack(KEYS))
if #missing == 0 then
  try('TIME')
  try('RPUSH', KEYS[1], 'a', 'b', 'c')
  try('LLEN', KEYS[1])
  try('ZADD', KEYS[2], 1, 'a')
  try('ZCARD', KEYS[2])
  try('ZRANGEBYSCORE', KEYS[2], '-inf', 1, 'LIMIT', 0, 1)
  try('ZREM', KEYS[2], 'a')
  if ARGV[1] == 'counters' then
    try('SET', KEYS[3], '1', 'NX', 'PX', 1000)
    try('LRANGE', KEYS[1], 0, 4)
    try('LINDEX', KEYS[1], 0)
    try('LSET', KEYS[1], 0, 'd')
    try('LREM', KEYS[1], -1, 'c')
    try('LTRIM', KEYS[1], 1, -1)
    try('PEXPIRE', KEYS[1], 1000)
    try('PTTL', KEYS[1])
  else
    try('LPOP', KEYS[1])
    try('HSET', KEYS[4], 'a', 1)
    try('HGET', KEYS[4], 'a')
    try('HINCRBY', KEYS[4], 'a', 1)
    try('HDEL', KEYS[4], 'a')
    try('ZSCORE', KEYS[2], 'a')
  end
  redis.call('DEL', unpack(KEYS))
end
return #missing == 0 and '' or table.concat(missing, ', ') .. ' (' .. why .. ')'
