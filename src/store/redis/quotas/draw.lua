#!lua
-- Draws from a quota, by the rule of acp_core::quota. Nothing is written where nothing is given. The
-- line above makes the server refuse the script when its memory is full.
--
-- KEYS  1 the moment at which all of the quota is there again, in microseconds; no key when it is
-- ARGV  1 the least the time may be   2 how far it is ahead of the server's, both in milliseconds
--       3 how many come back in a minute   4 how many there are at most
--       5 how many are wanted   6 one draw takes at most this part of what is there
--       7 whether the server may forget it
--
-- Says how many are given, how many are left, in how many microseconds there will be more and in
-- how many all will be there, and the server's time.

local floor, ahead = tonumber(ARGV[1]) * 1000, tonumber(ARGV[2]) * 1000
local burst, wanted, share = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])

local time = redis.call('TIME')
local micros = time[1] * 1000000 + time[2]
local now = math.max(micros + ahead, floor)
local each = 60000000 / tonumber(ARGV[3])
local whole = each * burst

local stored = tonumber(redis.call('GET', KEYS[1]) or now)
local before = stored - now
local owed = math.max(0, math.min(before, whole))
-- The moment is kept in quarters of a microsecond, so what is there is never quite a whole number.
local there = math.floor((whole - owed + 0.5) / each)
local granted = math.min(wanted, math.ceil(there / share))
owed = owed + granted * each
local left = there - granted

-- Where the quota was made smaller, nobody waits for what the larger one had given.
if granted > 0 or before > whole then
  if ARGV[7] == '1' then
    local written = string.format('%.2f', now + owed)
    redis.call('SET', KEYS[1], written, 'PX', math.ceil(owed / 1000))
  else
    redis.call('SET', KEYS[1], string.format('%.2f', now + owed))
  end
end

local more = left > 0 and 0 or math.max(0, owed + each - whole)
return {granted, left, math.ceil(more), math.ceil(owed), math.floor(micros / 1000)}
