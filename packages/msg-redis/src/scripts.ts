/**
 * What must happen at once in the server, between two commands of anybody else: Lua, sent whole each
 * time. They run seldom (every few seconds, on a retry, at the end), so none is kept by its hash, and a
 * restarted server knows none either.
 *
 * Of a pending entry only its owner may say something. Redis itself lets any consumer claim, and any
 * connection acknowledge, so the scripts look first whose it is.
 */
import type { Command } from "./connection.js";

export interface Place {
  readonly topic: string;
  readonly group: string;
}

const script = (text: string, { topic, group }: Place, rest: readonly string[]): Command => [
  "EVAL",
  text,
  "1",
  topic,
  group,
  ...rest,
];

/** Entries that a script looks at in one go: what Lua can put on its stack, with room to spare. */
const page = 500;

/**
 * Confirms that `consumer` holds what is pending for it: nobody claims it for another while.
 * Gives the ids it holds, and those that the stream no longer has (they are no longer pending).
 */
export const holdCommand = (place: Place, consumer: string): Command =>
  script(hold, place, [consumer]);

const hold = `
local held, gone, from = {}, {}, '-'
repeat
  local rows = redis.call('XPENDING', KEYS[1], ARGV[1], from, '+', ${page}, ARGV[2])
  if #rows > 0 then
    local claim = {'XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0}
    for _, row in ipairs(rows) do claim[#claim + 1] = row[1] end
    claim[#claim + 1] = 'JUSTID'
    local at = 1
    local kept = redis.call(unpack(claim))
    for _, row in ipairs(rows) do
      if kept[at] == row[1] then held[#held + 1] = row[1]; at = at + 1
      else gone[#gone + 1] = row[1] end
    end
    from = '(' .. rows[#rows][1]
  end
until #rows < ${page}
return {held, gone}`;

export interface ClaimRequest {
  readonly consumer: string;
  readonly idleMs: number;
  readonly from: string;
  readonly count: number;
}

/**
 * Takes over what its consumer has not confirmed for `idleMs`. Gives where to go on, the entries with
 * their deliveries, and the ids of those that the stream no longer has.
 */
export const claimCommand = (place: Place, request: ClaimRequest): Command => {
  const { consumer, idleMs, from, count } = request;
  return script(claim, place, [consumer, String(idleMs), from, String(count)]);
};

const claim = `
local reply = redis.call('XAUTOCLAIM', KEYS[1], ARGV[1], ARGV[2], ARGV[3], ARGV[4], 'COUNT', ARGV[5])
local entries = {}
for at, entry in ipairs(reply[2]) do
  local row = redis.call('XPENDING', KEYS[1], ARGV[1], entry[1], entry[1], 1)[1]
  entries[at] = {entry[1], entry[2], row[4]}
end
return {reply[1], entries, reply[3]}`;

/**
 * Delivers entries of `consumer` to it once more. Gives them with their deliveries, the ids that the
 * stream no longer has, and the ids that are not its own.
 */
export const deliverAgainCommand = (
  place: Place,
  consumer: string,
  ids: readonly string[],
): Command => script(deliverAgain, place, [consumer, ...ids]);

const deliverAgain = `
local entries, gone, others = {}, {}, {}
for at = 3, #ARGV do
  local id = ARGV[at]
  local row = redis.call('XPENDING', KEYS[1], ARGV[1], id, id, 1, ARGV[2])[1]
  if row == nil then others[#others + 1] = id
  else
    local entry = redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, id)[1]
    if not entry then gone[#gone + 1] = id
    else entries[#entries + 1] = {id, entry[2], row[4] + 1} end
  end
end
return {entries, gone, others}`;

/**
 * Hands what is pending for `consumer` to `heir`, as if it had been idle for ever, so that whoever
 * looks next takes it; once nothing is pending, forgets the consumer. Gives how many it handed on:
 * until it is 0 there may be more.
 */
export const giveBackCommand = (place: Place, consumer: string, heir: string): Command =>
  script(giveBack, place, [consumer, heir]);

const giveBack = `
local rows = redis.call('XPENDING', KEYS[1], ARGV[1], '-', '+', ${page}, ARGV[2])
if #rows == 0 then redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], ARGV[2]) return 0 end
local claim = {'XCLAIM', KEYS[1], ARGV[1], ARGV[3], 0}
for _, row in ipairs(rows) do claim[#claim + 1] = row[1] end
claim[#claim + 1] = 'TIME'
claim[#claim + 1] = 0
claim[#claim + 1] = 'JUSTID'
redis.call(unpack(claim))
return #rows`;

/** Hands one entry to `heir` as `giveBackCommand` does, its last delivery not counted. */
export const undeliverCommand = (
  { topic, group }: Place,
  { id, attempt, heir }: { readonly id: string; readonly attempt: number; readonly heir: string },
): Command => [
  ...["XCLAIM", topic, group, heir, "0", id],
  ...["TIME", "0", "RETRYCOUNT", String(attempt - 1), "JUSTID"],
];

/** Forgets `consumer`, unless something is pending for it: that would be forgotten as well. */
export const forgetCommand = (place: Place, consumer: string): Command =>
  script(forget, place, [consumer]);

const forget = `
if #redis.call('XPENDING', KEYS[1], ARGV[1], '-', '+', 1, ARGV[2]) > 0 then return 0 end
redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], ARGV[2])
return 1`;

/**
 * How far each group is: its name, the last id delivered to it, and the smallest id pending in it (nil
 * for none); before them the stream's length.
 */
export const progressCommand = (topic: string): Command => ["EVAL", progress, "1", topic];

const progress = `
if redis.call('EXISTS', KEYS[1]) == 0 then return {0} end
local result = {redis.call('XLEN', KEYS[1])}
for _, info in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
  local group = {}
  for at = 1, #info, 2 do group[info[at]] = info[at + 1] end
  local first = redis.call('XPENDING', KEYS[1], group['name'])[2]
  result[#result + 1] = {group['name'], group['last-delivered-id'], first}
end
return result`;

/**
 * For finding entries that were trimmed unread: of the stream how many were ever added, its length, its
 * first and last id and the highest that was deleted singly; of the group the last id it was given and
 * how many it read (nil: not known).
 */
export const readCountCommand = ({ topic, group }: Place): Command => [
  "EVAL",
  readCount,
  "1",
  topic,
  group,
];

const readCount = `
local function members(list)
  local result = {}
  for at = 1, #list, 2 do result[list[at]] = list[at + 1] end
  return result
end
local stream = members(redis.call('XINFO', 'STREAM', KEYS[1]))
for _, info in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
  local group = members(info)
  if group['name'] == ARGV[1] then
    return {stream['entries-added'], stream['length'], stream['recorded-first-entry-id'],
      stream['last-generated-id'], stream['max-deleted-entry-id'],
      group['last-delivered-id'], group['entries-read']}
  end
end
return false`;
