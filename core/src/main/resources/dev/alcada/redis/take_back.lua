-- Takes back what is there under a key, whichever calls have left it.
--
--   KEYS   the key's list, the sorted set of its counter's live keys; if it is known whose it is,
--          that of its grant's
--   ARGV   1: the call; 2: its kind; 3: if so, what is ended there

local count = { list = KEYS[1], live = KEYS[2] }
local there = kinds[string.byte(ARGV[2])].isThere(count)
if there then
  remove(count)
  if KEYS[3] then
    kinds[string.byte(ARGV[3])].finish({ list = KEYS[1], live = KEYS[3], argument = ARGV[3] })
  end
end
return there and '1' or '0'
