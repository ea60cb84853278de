-- Removes a channel with all it has.
-- KEYS: head, then its other keys, then the definitions of all channels
-- ARGV: owner, term, the channel
for i = 1, #KEYS - 1 do
  redis.call('DEL', KEYS[i])
end
redis.call('HDEL', KEYS[#KEYS], ARGV[3])
return redis.status_reply('OK')
