-- Removes entries that nobody will ask for, and remembers that there were some.
-- KEYS: head, log, lost
-- ARGV: owner, term, the server's run id, the id of the first entry that is kept, how many lanes, for
-- each lane whose, what it lost (nothing: forget it); then the ids of entries between others
redis.call('XTRIM', KEYS[2], 'MINID', ARGV[4])
redis.call('HSET', KEYS[1], 'run', ARGV[3])
-- The newest that was removed on purpose: what else is missing has vanished.
local gone = math.max(
  tonumber(redis.call('HGET', KEYS[1], 'gone') or '0'), tonumber(string.match(ARGV[4], '-(%d+)$')) - 1)
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
  gone = math.max(gone, tonumber(string.match(ARGV[i], '-(%d+)$')))
end
redis.call('HSET', KEYS[1], 'gone', string.format('%.0f', gone))
return redis.status_reply('OK')
