-- Takes back what is there under a key, whichever calls have left it.
--
--   KEYS   the key's list, the sorted set of its counter's live keys
--   ARGV   1: the call; 2: its kind

local count = { list = KEYS[1], live = KEYS[2] }
local there = kinds[string.byte(ARGV[2])].isThere(count)
if there then
  remove(count)
end
return there and '1' or '0'
