-- Removes entries that nobody will ask for, and remembers that there were some.
-- KEYS: head, log, lost
-- ARGV: owner, term, the server's run id, the id of the first entry that is kept, how many lanes, for
-- each lane whose, what it lost (nothing: forget it); then the ids of entries between others
redis.call('XTRIM', KEYS[2], 'MINID', ARGV[4])
redis.call('HSET', KEYS[1], 'run', ARGV[3])
local ids = 6 + 2 * tonumber(ARGV[5])
for i = 6, ids - 1, 2 do
  if ARGV[i + 1] == '' then
    redis.call('HDEL', KEYS[3], ARGV[i])
  else
    redis.call('HSET', KEYS[3], ARGV[i], ARGV[i + 1])
  end
end
for i = ids, #ARGV do
  redis.call('XDEL', KEYS[2], ARGV[i])
end
return redis.status_reply('OK')
