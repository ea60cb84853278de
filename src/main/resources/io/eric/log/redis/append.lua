-- Appends a batch, all or nothing. Redis itself refuses ids that are not above the newest.
-- KEYS: head, log
-- ARGV: owner, term, the last sequence so far, the last one then, whether the log must have entries
-- already (1 or 0), and for each entry id, what it is, payload
if redis.call('HGET', KEYS[1], 'last') ~= ARGV[3] then
  return redis.error_reply('MISPLACED by a different end')
end
if ARGV[5] == '1' and redis.call('EXISTS', KEYS[2]) == 0 then
  return redis.error_reply('VANISHED without a log')
end
for i = 6, #ARGV, 3 do
  redis.call('XADD', KEYS[2], ARGV[i], 'm', ARGV[i + 1], 'p', ARGV[i + 2])
end
redis.call('HSET', KEYS[1], 'last', ARGV[4])
return redis.status_reply('OK')
