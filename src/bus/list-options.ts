// The options of the calls that ask all nodes, of a server and of a publisher. A server without a bus has them, too.

import type { Rows, Schema } from '../core/option-check.ts';
import { check, delay, integer, text } from '../core/option-kinds.ts';

/** Options of `count`. */
export interface CountOptions {
  /** Only the subscribers of this topic. Default: all connections. */
  topic?: string | undefined;
  /** Milliseconds to wait for the other nodes. Default: `deadline` of the bus (1,000). */
  timeout?: number | undefined;
}

/** Options of `list`. */
export interface ListOptions extends CountOptions {
  /** The most connections of each node; `total` tells how many there are. Default 10,000. */
  limit?: number | undefined;
}

/** Options of `members`. */
export interface MembersOptions extends Omit<ListOptions, 'topic'> {
  /** Asks all nodes. */
  everywhere: true;
}

const countRows: Rows<CountOptions> = { topic: text('a topic'), timeout: delay };
const listRows: Rows<ListOptions> = { ...countRows, limit: integer(0, 2 ** 31 - 1, 'an integer from 0 to 2147483647') };

const elsewhere = {
  room: 'use topic',
  deadline: 'use timeout (milliseconds)',
  everywhere: 'list and count always ask all nodes; leave it out',
};

export const countSchema: Schema<CountOptions> = {
  of: 'count',
  example: "{ topic: 'news', timeout: 500 }",
  rows: countRows,
  elsewhere: { ...elsewhere, limit: 'it is for list; leave it out' },
};

export const listSchema: Schema<ListOptions> = {
  of: 'list',
  example: "{ topic: 'news', timeout: 500 }",
  rows: listRows,
  elsewhere,
};

const everywhere = check<true>(
  'true, or no options: members(topic) returns those of this server',
  (value) => value === true,
);

export const membersSchema: Schema<MembersOptions> = {
  of: 'members',
  example: '{ everywhere: true }',
  required: ['everywhere'],
  rows: { everywhere, timeout: delay, limit: listRows.limit },
  elsewhere: { topic: 'it is the first argument of members' },
};
