-- Makes the caller the owner of a channel, and says what is kept of it.
-- KEYS: head, cursors, lost, listeners, log
-- ARGV: owner, the server's run id, whether the server cannot lose a tail (1 or 0), a new epoch
local head = redis.call('HMGET', KEYS[1], 'epoch', 'run', 'safe', 'last')
local epoch, last = head[1], head[4]
if not epoch then
  -- Whatever else is there belongs to a channel whose head was lost.
  redis.call('DEL', KEYS[2], KEYS[3], KEYS[4], KEYS[5])
  epoch, last = ARGV[4], '0'
elseif head[2] ~= ARGV[2] and not (head[3] == '1' and ARGV[3] == '1') then
  epoch = ARGV[4]
end
local term = redis.call('HINCRBY', KEYS[1], 'term', 1)
redis.call('HSET', KEYS[1], 'owner', ARGV[1], 'epoch', epoch, 'run', ARGV[2], 'safe', ARGV[3],
  'last', last)
return {term, epoch, last,
  redis.call('HGETALL', KEYS[2]), redis.call('HGETALL', KEYS[3]), redis.call('HGETALL', KEYS[4])}
