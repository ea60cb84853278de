-- Saves fields of the hashes beside the log.
-- KEYS: head, then the hashes
-- ARGV: owner, term, whether to begin with empty hashes (1 or 0), and triples: the number of the hash,
-- field, value; without a value the field goes
if ARGV[3] == '1' then
  for i = 2, #KEYS do
    redis.call('DEL', KEYS[i])
  end
end
for i = 4, #ARGV, 3 do
  local key = KEYS[tonumber(ARGV[i])]
  if ARGV[i + 2] == '' then
    redis.call('HDEL', key, ARGV[i + 1])
  else
    redis.call('HSET', key, ARGV[i + 1], ARGV[i + 2])
  end
end
return redis.status_reply('OK')
