-- Makes the caller the owner of a channel, and says what is kept of it.
-- KEYS: head, cursors, lost, listeners, log
-- ARGV: owner, the server's run id, whether the server cannot lose a tail (1 or 0), a new epoch
-- The last of what it returns is 1 if something that must be there is not: keys were evicted, or removed by
-- somebody else.
local head = redis.call('HMGET', KEYS[1], 'epoch', 'run', 'safe', 'last', 'gone')
local epoch, last, gone = head[1], head[4], head[5]
local vanished = 0
if not epoch then
  -- Without its head nothing says whether the rest is all there is. The listeners stay: they shall hear of it.
  vanished = redis.call('EXISTS', KEYS[2], KEYS[3], KEYS[4], KEYS[5]) > 0 and 1 or 0
  redis.call('DEL', KEYS[2], KEYS[3], KEYS[5])
  epoch, last, gone = ARGV[4], '0', '0'
else
  local newest = redis.call('XREVRANGE', KEYS[5], '+', '-', 'COUNT', 1)[1]
  local sequence = newest and tonumber(string.match(newest[1], '-(%d+)$')) or 0
  if gone and sequence < tonumber(last) and tonumber(gone) < tonumber(last) then
    vanished = 1 -- the last entry is not there, and nobody has trimmed it
    redis.call('DEL', KEYS[5])
    epoch = ARGV[4]
  elseif head[2] ~= ARGV[2] and not (head[3] == '1' and ARGV[3] == '1') then
    epoch = ARGV[4]
  end
end
local term = redis.call('HINCRBY', KEYS[1], 'term', 1)
redis.call('HSET', KEYS[1], 'owner', ARGV[1], 'epoch', epoch, 'run', ARGV[2], 'safe', ARGV[3],
  'last', last)
if gone then
  redis.call('HSET', KEYS[1], 'gone', gone)
end
return {term, epoch, last,
  redis.call('HGETALL', KEYS[2]), redis.call('HGETALL', KEYS[3]), redis.call('HGETALL', KEYS[4]), vanished}
