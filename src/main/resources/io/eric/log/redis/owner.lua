-- Begins every script that writes to a channel. KEYS[1] is the channel's head, ARGV[1] the log that
-- asks, ARGV[2] the term it believes to have. Who has opened the channel since is its owner now.
local function refusal()
  local head = redis.call('HMGET', KEYS[1], 'owner', 'term')
  if not head[1] then
    return redis.error_reply('VANISHED without a head')
  end
  if head[1] ~= ARGV[1] then
    return redis.error_reply('FENCED by another owner')
  end
  if head[2] ~= ARGV[2] then
    return redis.error_reply('STALE by a new term')
  end
  return nil
end

local refused = refusal()
if refused then
  return refused
end
