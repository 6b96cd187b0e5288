// The one function in Redis that reads and changes a session: what it does is done at once or not at all. Keys of a session
// are in one slot of a cluster, by its id in braces.
//
// ```
//  <prefix>:{<id>}:m   hash: what is known of it (session-fields.ts)
//  <prefix>:{<id>}:q   stream: messages for the client. The id of an entry is the number of the message
//  <prefix>:{<id>}:p   stream: parts of a message of the client, likewise
// ```
//
// The rules of tokens are those of ../../protocol/tokens.ts; `confirm` has `confirmToken` in the script, since calls of the
// owner that follow it without waiting must find it done.

/** Fields of the hash, in the order in which the script gives them. */
export const FIELDS = [
  'g', // generation
  'v', // raised by each change that a claim must not overlook
  'n', // the process that owns it; empty: none
  'u', // until
  'k', // keep
  'A', // 1: the owner writes ahead
  's', // state: current, old, none
  't', // tombstone as JSON; empty: none
  'b', // bind
  'tc', // tokens: current, previous, retired, nonce, whether the id is known, attempt
  'tp',
  'tr',
  'tn',
  'tk',
  'ta',
  'a', // acknowledged
  'c', // 1: isContinuing
  'p', // progress as JSON, without the application's data
  'd', // the application's data
  'lq', // last number of the log outgoing
  'lp', // last number of the log incoming
] as const;

/** What `p` is of a session that nothing has happened in. */
export const NO_PROGRESS = '{"handled":0,"handledWhole":0}';

/**
 * KEYS: the three; for `unname` that of a nonce. ARGV: operation, generation (for `take` the version, for `unname` the id), and
 * what the operation needs.
 */
export const SCRIPT = `
local m,q,p,op,gen=KEYS[1],KEYS[2],KEYS[3],ARGV[1],ARGV[2]
local function n(x) return string.format('%.0f',x) end
local function now() local t=redis.call('TIME') return t[1]*1000+math.floor(t[2]/1000) end
local function get(f) return redis.call('HGET',m,f) end
local function live(ms) for i=1,3 do redis.call('PEXPIRE',KEYS[i],ms) end end
local function changed() redis.call('HINCRBY',m,'v',1) end
local function all() return redis.call('HMGET',m,'${FIELDS.join("','")}') end
local function drop()
  redis.call('DEL',q,p)
  redis.call('HSET',m,'a','0','c','0','p','${NO_PROGRESS}','lq','0','lp','0')
end
local function set(from) for i=from,#ARGV,2 do redis.call('HSET',m,ARGV[i],ARGV[i+1]) end end
if op=='read' then return {n(now()),all()} end
if op=='create' then
  redis.call('DEL',m,q,p)
  set(4)
  live(ARGV[3])
  return 'written'
end
if op=='forget' then
  redis.call('DEL',m,q,p)
  return 'written'
end
if op=='unname' then
  if redis.call('GET',m)==gen then redis.call('DEL',m) end
  return 'written'
end
if op=='take' then
  if get('v')~=gen then return 'again' end
  local before=all()
  set(4)
  changed()
  if get('s')=='none' then drop() end
  live(ARGV[3])
  return before
end
local g=get('g')
if not g then return 'lost' end
if g~=gen or get('n')=='' then return 'fenced' end
if op=='load' then return all() end
if op=='since' then
  return redis.call('XRANGE',ARGV[3]=='outgoing' and q or p,ARGV[4]..'-1','+','COUNT',ARGV[5])
end
if op=='append' then
  local isOut=ARGV[3]=='outgoing'
  local key,field=p,'lp'
  if isOut then key,field=q,'lq' end
  local before=tonumber(get(field))
  local last=before
  for i=4,#ARGV,3 do
    local s=tonumber(ARGV[i])
    if s>last then
      if isOut and s~=last+1 then return 'gap '..n(last)..' '..n(s) end
      last=s
    end
  end
  if last==before then return 'written' end
  local at=before
  for i=4,#ARGV,3 do
    local s=tonumber(ARGV[i])
    if s>at then
      redis.call('XADD',key,ARGV[i]..'-1',ARGV[i+1],ARGV[i+2])
      at=s
    end
  end
  redis.call('HSET',m,field,n(last))
  if redis.call('PTTL',key)<0 then redis.call('PEXPIRE',key,redis.call('PTTL',m)) end
  return 'written'
end
if op=='trim' then
  local a=tonumber(ARGV[3])
  if a<=tonumber(get('a')) then return 'written' end
  redis.call('HSET',m,'a',ARGV[3],'c',ARGV[4])
  redis.call('XTRIM',q,'MINID',n(a+1))
  if a>tonumber(get('lq')) then redis.call('HSET',m,'lq',ARGV[3]) end
  return 'written'
end
if op=='commit' then
  local whole=tonumber(ARGV[5])
  redis.call('HSET',m,'p',ARGV[3],'d',ARGV[4])
  redis.call('XTRIM',p,'MINID',n(whole+1))
  if whole>tonumber(get('lp')) then redis.call('HSET',m,'lp',ARGV[5]) end
  if get('s')~='current' then
    redis.call('HSET',m,'s','current')
    changed()
  end
  return 'written'
end
if op=='refresh' then
  live(ARGV[3])
  return 'written'
end
changed()
if op=='confirm' then
  local previous=get('tp')
  if previous~='' then redis.call('HSET',m,'tr',previous) end
  redis.call('HSET',m,'tp','','tk','1')
  if get('s')~='current' then
    redis.call('HSET',m,'s','none')
    drop()
  end
  return 'written'
end
redis.call('HSET',m,'u',n(now()+tonumber(ARGV[3])))
if op=='release' then redis.call('HSET',m,'n','') end
if op=='end' then
  redis.call('HSET',m,'n','','t',ARGV[5],'s','none')
  drop()
end
live(ARGV[4])
return 'written'
`;
