-- After a lost connection or an unknown outcome: compares what the server has with what the log knows
-- to be acknowledged, and begins a new term, so that nothing sent before can take effect any more.
-- KEYS: head, log, lost, cursors, listeners, the definitions of all channels
-- ARGV: owner, the new term, the term so far, the last acknowledged sequence, the sequence from which
-- on the log has all entries in memory, epoch, the server's run id, its run id when last compared,
-- whether it cannot lose a tail (1 or 0), the channel, whether the log must have entries (1 or 0)
-- Returns the sequence after which entries are missing, whether what was before is given up, and whether
-- keys have vanished.
local head = redis.call('HMGET', KEYS[1], 'owner', 'term', 'last')
local restarted = ARGV[7] ~= ARGV[8]
local last = tonumber(head[3] or '0')
local vanished = 0
if not head[1] and restarted then
  redis.call('DEL', KEYS[2], KEYS[3], KEYS[4], KEYS[5])
elseif not head[1] then
  -- Who removes a channel removes its definition too. If that is there, the head was evicted.
  if redis.call('HEXISTS', KEYS[6], ARGV[10]) == 0 then
    return redis.error_reply('VANISHED without a head')
  end
  vanished = 1
  local newest = redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 1)[1]
  last = newest and tonumber(string.match(newest[1], '-(%d+)$')) or 0
elseif head[1] ~= ARGV[1] then
  -- Only a server that came back with data from before our term may be taken from an owner.
  if not restarted or tonumber(head[2]) >= tonumber(ARGV[3]) then
    return redis.error_reply('FENCED by another owner')
  end
elseif tonumber(head[2]) >= tonumber(ARGV[2]) then
  return redis.error_reply('STALE by a new term')
end

if ARGV[11] == '1' and not restarted and redis.call('EXISTS', KEYS[2]) == 0 then
  vanished = 1
  last = 0
end

local acknowledged = tonumber(ARGV[4])
if last > acknowledged then
  -- Written, but nobody was told: as if it never was, since its sequences are given out again.
  local deleted
  repeat
    deleted = 0
    for _, entry in ipairs(redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 100)) do
      if tonumber(string.match(entry[1], '-(%d+)$')) > acknowledged then
        redis.call('XDEL', KEYS[2], entry[1])
        deleted = deleted + 1
      end
    end
  until deleted < 100
  last = acknowledged
end

local inMemory = tonumber(ARGV[5])
local givenUp = 0
if last + 1 < inMemory and last < acknowledged then
  -- A hole that memory cannot fill. A log has no holes: all before it goes.
  redis.call('DEL', KEYS[2])
  last = inMemory - 1
  givenUp = 1
  redis.call('HSET', KEYS[1], 'gone', string.format('%.0f', last))
end
-- Until what is missing is put back or its loss is saved (trim.lua), an opener must take it for lost.
local run = (last < acknowledged or givenUp == 1) and '' or ARGV[7]
redis.call('HSET', KEYS[1], 'owner', ARGV[1], 'term', ARGV[2], 'epoch', ARGV[6],
  'run', run, 'safe', ARGV[9], 'last', string.format('%.0f', last))
return {last, givenUp, vanished}
