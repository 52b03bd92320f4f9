#!lua
-- One commit: everything is checked, then everything is written. Nothing that can fail stands
-- behind the first write, because a script is not rolled back. The line above makes the server
-- refuse the script as a whole when its memory is full, when it is a replica, or when it lacks
-- replicas.
--
-- KEYS  1 the lane's last version   2 outcomes of commits, now   3 and in the span before
--       4 what this process wrote last to the lane   5 the partition's listing
--       then one for each expectation, deletion, put, dropped log, append and timer
-- ARGV  1 id of the commit   2 the least the time may be   3 how far it is ahead of the server's
--       4 how long outcomes are kept   5 how long to keep what this process wrote last, or 0
--       6 to 11 how many there are of each kind, in the order of their keys
--       then for an expectation what is demanded; for a deletion the name; for a put the name if
--       it is listed, the time at which the server may forget it, its form, and all that follows
--       the version; for an append the entry; for a timer its time, or nothing, and its name
--
-- Says how it ended, the server's time, and what this process wrote last before this.

local HEAD_BYTES = 42
local PLAIN, PACKED = '\1', '\2'

local id, floor, ahead = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local outcome_ms, marker_ms = ARGV[4], ARGV[5]

local time = redis.call('TIME')
local micros = time[1] * 1000000 + time[2]
local server_ms = math.floor(micros / 1000)
local now = math.max(server_ms + ahead, floor)
local marker = redis.call('GET', KEYS[4])

local known = redis.call('HGET', KEYS[2], id) or redis.call('HGET', KEYS[3], id)
if known then
  return {known, server_ms, marker}
end

local function is_damaged(head)
  local form = string.sub(head, 1, 1)
  return head ~= '' and (#head < HEAD_BYTES or (form ~= PLAIN and form ~= PACKED))
end

local function is_met(demand, head)
  local ends = head ~= '' and struct.unpack('>l', head, 10) or 0
  local is_visible = head ~= '' and (ends == 0 or ends > now)
  local kind = string.sub(demand, 1, 1)
  if kind == 'a' then
    return not is_visible
  elseif kind == 'v' then
    return is_visible and string.sub(head, 2, 9) == string.sub(demand, 2)
  else
    return is_visible and string.sub(head, 18, 42) == string.sub(demand, 2)
  end
end

local key, argument = 5, 11
local expectations, deletes, puts, drops, appends, timers =
  tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8]),
  tonumber(ARGV[9]), tonumber(ARGV[10]), tonumber(ARGV[11])

local outcome
for at = 1, expectations do
  local head = redis.call('GETRANGE', KEYS[key + at], 0, HEAD_BYTES - 1)
  if is_damaged(head) then
    return redis.error_reply('DAMAGED ' .. KEYS[key + at])
  end
  if not is_met(ARGV[argument + at], head) then
    outcome = 'R' .. KEYS[key + at]
    break
  end
end
key, argument = key + expectations, argument + expectations

if not outcome then
  -- Never used twice, not even by a server that took over without having heard of the last
  -- commits: its clock is past the moment at which those were made, and no lane sees a million
  -- commits in a second.
  local last = tonumber(redis.call('GET', KEYS[1]) or '0')
  local version = math.max(last + 1, micros)
  local written = string.format('%.0f', version)
  local stamp = struct.pack('>L', version)

  for at = 1, deletes do
    redis.call('DEL', KEYS[key + at])
    redis.call('ZREM', KEYS[5], ARGV[argument + at])
  end
  key, argument = key + deletes, argument + deletes

  for at = 1, puts do
    local listed, forget_at = ARGV[argument + 1], ARGV[argument + 2]
    local document = ARGV[argument + 3] .. stamp .. ARGV[argument + 4]
    if forget_at == '' then
      redis.call('SET', KEYS[key + at], document)
    else
      redis.call('SET', KEYS[key + at], document, 'PXAT', forget_at)
    end
    if listed ~= '' then
      redis.call('ZADD', KEYS[5], 0, listed)
    end
    argument = argument + 4
  end
  key = key + puts

  for at = 1, drops do
    redis.call('DEL', KEYS[key + at])
  end
  key = key + drops

  for at = 1, appends do
    redis.call('RPUSH', KEYS[key + at], ARGV[argument + at])
  end
  key, argument = key + appends, argument + appends

  for at = 1, timers do
    local due, name = ARGV[argument + 1], ARGV[argument + 2]
    if due == '' then
      redis.call('ZREM', KEYS[key + at], name)
    else
      redis.call('ZADD', KEYS[key + at], due, name)
    end
    argument = argument + 2
  end

  redis.call('SET', KEYS[1], written)
  if marker_ms ~= '0' then
    redis.call('SET', KEYS[4], written, 'PX', marker_ms)
  end
  outcome = 'A' .. written
end

redis.call('HSET', KEYS[2], id, outcome)
if redis.call('HLEN', KEYS[2]) == 1 then
  redis.call('PEXPIRE', KEYS[2], outcome_ms)
end
return {outcome, server_ms, marker}
