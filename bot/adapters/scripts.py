"""The server-side scripts: each one is a whole decision, so no reader ever sees half of it.

A script is told the time; a step that somebody holds under a lease keeps its place and is remembered in
`again`, so the same step never runs twice at once and a wish for a fresh run is never lost.
"""

SAVE = """
-- KEYS req due claims tries again audit seen open recent mine vault sealed wake from to ticket
-- ARGV expected version doc entry op ttl due clear sealed destroy connection holds id at before ticketed
local kept = redis.call('HMGET', KEYS[1], 'v', 'head', 'op')
if kept[3] == ARGV[5] then return {'saved'} end               -- our own retry after a lost answer
if ARGV[6] ~= '0' then
  local seen = redis.call('GET', KEYS[7])
  local first, about = string.match(seen or '', '^open:([^|]*)|?(.*)$')
  if first and about == ARGV[11] then return {'open', first} end
  if seen and not first then return {'seen', seen} end
end
if ARGV[16] == '1' and redis.call('EXISTS', KEYS[16]) == 0 then return {'used'} end
if tonumber(kept[1] or '0') ~= tonumber(ARGV[1]) then return {'conflict'} end
-- the same number on another history: a failover lost what this caller still remembers
if kept[2] and kept[2] ~= ARGV[17] then return {'conflict'} end
local id, at = ARGV[13], tonumber(ARGV[14])
local holder = redis.call('HGET', KEYS[8], ARGV[11])
if ARGV[12] == '1' and holder and holder ~= id then
  -- the same form delivered once more, when the other request has ended, must not open a second one then;
  -- sent again with another workspace in it, it may
  if ARGV[6] ~= '0' then redis.call('SET', KEYS[7], 'open:' .. holder .. '|' .. ARGV[11], 'EX', ARGV[6]) end
  return {'open', holder}
end

redis.call('HSET', KEYS[1], 'v', ARGV[2], 'doc', ARGV[3], 'op', ARGV[5], 'head', ARGV[18])
redis.call('RPUSH', KEYS[6], ARGV[4])
if ARGV[16] == '1' then redis.call('DEL', KEYS[16]) end
if ARGV[6] ~= '0' then redis.call('SET', KEYS[7], id, 'EX', ARGV[6]) end
redis.call('ZADD', KEYS[9], at, id)
redis.call('ZADD', KEYS[10], at, id)
if KEYS[14] ~= KEYS[15] then redis.call('ZREM', KEYS[14], id) end
redis.call('ZADD', KEYS[15], at, id)
local left = ARGV[15] ~= '' and ARGV[15] ~= ARGV[11]          -- the workspace was corrected
if left and redis.call('HGET', KEYS[8], ARGV[15]) == id then redis.call('HDEL', KEYS[8], ARGV[15]) end
if ARGV[12] == '1' then
  if not holder then redis.call('HSET', KEYS[8], ARGV[11], id) end
elseif holder == id then redis.call('HDEL', KEYS[8], ARGV[11]) end
if ARGV[9] ~= '' then redis.call('SET', KEYS[11], ARGV[9]); redis.call('SADD', KEYS[12], id) end
if ARGV[10] == '1' then redis.call('DEL', KEYS[11]); redis.call('SREM', KEYS[12], id) end

local clear, due, first = cjson.decode(ARGV[8]), cjson.decode(ARGV[7]), nil
if #due > 0 then first = redis.call('ZRANGE', KEYS[2], 0, 0, 'WITHSCORES')[2] end
if #clear > 0 then
  redis.call('ZREM', KEYS[2], unpack(clear))
  for key = 3, 5 do redis.call('HDEL', KEYS[key], unpack(clear)) end
end
if #due == 0 then return {'saved'} end
local members, fresh, scores, earliest = {}, {}, {}, nil
local appointments = {expire = true, remind = true, warn = true}
for i = 1, #due, 2 do members[#members + 1] = due[i] end
local held = redis.call('HMGET', KEYS[3], unpack(members))
for i, member in ipairs(members) do
  local score = due[2 * i]
  if held[i] and tonumber(redis.call('ZSCORE', KEYS[2], member) or '0') > at then
    -- "check now" during a probe is not put off by what that probe decides; of an appointment the last counts
    local wish = tonumber(redis.call('HGET', KEYS[5], member) or '')
    if not wish or score < wish or appointments[string.match(member, '|([%w_]+)|')] then
      redis.call('HSET', KEYS[5], member, string.format('%.0f', score))
    end
  else
    fresh[#fresh + 1] = member
    scores[#scores + 1] = string.format('%.0f', score)
    scores[#scores + 1] = member
    if not earliest or score < earliest then earliest = score end
  end
end
if earliest then
  redis.call('ZADD', KEYS[2], unpack(scores))
  for key = 3, 5 do redis.call('HDEL', KEYS[key], unpack(fresh)) end
  if not first or earliest < tonumber(first) then
    redis.call('LPUSH', KEYS[13], '1'); redis.call('LTRIM', KEYS[13], 0, 0)
  end
end
return {'saved'}
"""

CLAIM = """
-- KEYS due claims tries again | ARGV now limit lease token
-- answers one line per step (member, due, attempt), because a client reads one string faster than many
local now, out = tonumber(ARGV[1]), {}
local lease = string.format('%.0f', now + tonumber(ARGV[3]))
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'WITHSCORES', 'LIMIT', 0, tonumber(ARGV[2]))
if #due > 0 then
  local members, leases, tokens, counts, met = {}, {}, {}, {}, {}
  for i = 1, #due, 2 do members[#members + 1] = due[i] end
  local tries = redis.call('HMGET', KEYS[3], unpack(members))
  local wishes = redis.call('HMGET', KEYS[4], unpack(members))
  for i, member in ipairs(members) do
    local count = string.format('%.0f', (tonumber(tries[i] or '0') or 0) + 1)
    local at = 2 * i - 1
    leases[at], leases[at + 1] = lease, member
    tokens[at], tokens[at + 1] = member, ARGV[4]
    counts[at], counts[at + 1] = member, count
    -- a wish whose time has come is what is performed now; one for later stays
    if wishes[i] and tonumber(wishes[i]) <= now then met[#met + 1] = member end
    out[i] = member .. ' ' .. due[2 * i] .. ' ' .. count
  end
  redis.call('ZADD', KEYS[1], unpack(leases))
  redis.call('HSET', KEYS[2], unpack(tokens))
  redis.call('HSET', KEYS[3], unpack(counts))
  if #met > 0 then redis.call('HDEL', KEYS[4], unpack(met)) end
end
local nxt = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
return {table.concat(out, '\\n'), nxt[2] or ''}
"""

SETTLE = """
-- KEYS due claims tries again wake | ARGV member token until counts
-- `until` '' forgets the step, otherwise gives it back for that time; a wish in `again` is lost by neither:
-- it is performed at its own time, and brings forward what is put off beyond it
if redis.call('HGET', KEYS[2], ARGV[1]) ~= ARGV[2] then return 0 end
local again, at = redis.call('HGET', KEYS[4], ARGV[1]), ARGV[3]
redis.call('HDEL', KEYS[2], ARGV[1])
if at == '' then redis.call('HDEL', KEYS[3], ARGV[1])
elseif ARGV[4] == '0' then redis.call('HINCRBY', KEYS[3], ARGV[1], -1) end
if at == '' and not again then
  redis.call('ZREM', KEYS[1], ARGV[1])
  return 1
end
if again and (at == '' or tonumber(again) <= tonumber(at)) then
  redis.call('HDEL', KEYS[4], ARGV[1])
  at = again
end
redis.call('ZADD', KEYS[1], at, ARGV[1])
-- who sleeps does so until the first of all steps: only a new first one has to wake somebody
if redis.call('ZRANGE', KEYS[1], 0, 0)[1] == ARGV[1] then
  redis.call('LPUSH', KEYS[5], '1'); redis.call('LTRIM', KEYS[5], 0, 0)
end
return 1
"""

PLAN = """
-- KEYS due claims again wake | ARGV member at now
-- while somebody holds the step, the wish waits in `again`; what is scheduled already stays where it is
local score = redis.call('ZSCORE', KEYS[1], ARGV[1])
if score and redis.call('HGET', KEYS[2], ARGV[1]) and tonumber(score) > tonumber(ARGV[3]) then
  redis.call('HSETNX', KEYS[3], ARGV[1], ARGV[2])
elseif not score then
  redis.call('ZADD', KEYS[1], ARGV[2], ARGV[1])
  redis.call('LPUSH', KEYS[4], '1'); redis.call('LTRIM', KEYS[4], 0, 0)
end
return 1
"""

SWAP = """
-- KEYS vault | ARGV old new
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
return 1
"""

COUNT = """
-- KEYS counter | ARGV milliseconds
local count = redis.call('INCR', KEYS[1])
if count == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return count
"""

ONCE = """
-- KEYS key | ARGV token milliseconds
-- the token recognises our own retry after a lost answer
if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return 1 end
return redis.call('GET', KEYS[1]) == ARGV[1] and 1 or 0
"""

PIN = """
-- KEYS subject-of-user user-of-subject | ARGV user subject
-- both directions in one decision: one person here is one person there
local subject, user = redis.call('HGET', KEYS[1], ARGV[1]), redis.call('HGET', KEYS[2], ARGV[2])
if (subject and subject ~= ARGV[2]) or (user and user ~= ARGV[1]) then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('HSET', KEYS[2], ARGV[2], ARGV[1])
return 1
"""

SCHEDULE = """
-- KEYS due claims tries again wake | ARGV now due
-- a step that is due earlier stays; one that somebody performs right now is performed once more
for _, item in ipairs(cjson.decode(ARGV[2])) do
  local member, score = item[1], tonumber(item[2])
  local present = tonumber(redis.call('ZSCORE', KEYS[1], member) or '')
  if redis.call('HEXISTS', KEYS[2], member) == 1 and present and present > tonumber(ARGV[1]) then
    local wish = tonumber(redis.call('HGET', KEYS[4], member) or '')
    if not wish or score < wish then redis.call('HSET', KEYS[4], member, string.format('%.0f', score)) end
  elseif not present or present > score then
    redis.call('ZADD', KEYS[1], score, member)
  end
end
redis.call('LPUSH', KEYS[5], '1'); redis.call('LTRIM', KEYS[5], 0, 0)
return 1
"""

PERMIT = """
-- KEYS window | ARGV visit limit milliseconds
-- a visit that comes again is counted once; who is refused is not counted at all
local t = redis.call('TIME')
local now, span = t[1] * 1000 + math.floor(t[2] / 1000), tonumber(ARGV[3])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - span)
if redis.call('ZSCORE', KEYS[1], ARGV[1]) then return 0 end
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[2]) then
  return math.max(1, tonumber(redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')[2]) + span - now)
end
redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('PEXPIRE', KEYS[1], span)
return 0
"""
