-- Keeps the definition of a channel; it keeps its place in the order.
-- KEYS: the definitions, the number of the newest
-- ARGV: the channel, its options
local known = redis.call('HGET', KEYS[1], ARGV[1])
local place = known and string.match(known, '^%d+') or tostring(redis.call('INCR', KEYS[2]))
redis.call('HSET', KEYS[1], ARGV[1], place .. ' ' .. ARGV[2])
return redis.status_reply('OK')
