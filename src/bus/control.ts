// What nodes tell and ask each other, as JSON in the body of an envelope. It comes from the broker, so everything is checked: what
// does not have its form is not there.

import { Buffer } from 'node:buffer';
import type { ListedConnection, NodeInfo } from './seam.ts';

/** A sign of life. */
export interface Hello {
  readonly name: string;
  readonly role: NodeInfo['role'];
  readonly connections: number;
  readonly startedAt: number;
  /** Whether some of its topics share channels: publishers then send to these, too. */
  readonly isSharing: boolean;
  /** It does not know the others yet: they answer with their own. */
  readonly isNew: boolean;
}

/** What is asked of all nodes. */
export interface Question {
  readonly what: 'count' | 'list' | 'handover';
  readonly topic: string | undefined;
  readonly limit: number;
  /** What `handover` is about: names a session. `''`: nothing. */
  readonly session: string;
}

/** A part of an answer to it. */
export interface Answer {
  /** Connections that there are, in the first part. */
  readonly total: number;
  readonly connections: readonly ListedConnection[];
  readonly isLast: boolean;
}

/** Beyond that nothing of it is read: a body is small, except for lists, which come in parts. */
const MAX_CONTROL = 256 * 1024;
/** Bytes of the largest part of a list, before escapes. */
export const MAX_PART = 64 * 1024;
const NAME = /^[A-Za-z0-9_-]{1,32}$/;

export function bodyOf(value: object): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}

export function readHello(body: Uint8Array): Hello | undefined {
  const value = parsed(body);
  if (value === undefined) return undefined;
  const { name, role, connections, startedAt, isSharing, isNew } = value;
  if (typeof name !== 'string' || !NAME.test(name) || (role !== 'server' && role !== 'publisher')) return undefined;
  if (!isCount(connections) || !isCount(startedAt)) return undefined;
  return { name, role, connections, startedAt, isSharing: isSharing === true, isNew: isNew === true };
}

export function readQuestion(body: Uint8Array): Question | undefined {
  const value = parsed(body);
  if (value === undefined) return undefined;
  const { what, topic, limit, session = '' } = value;
  if ((what !== 'count' && what !== 'list' && what !== 'handover') || !isCount(limit)) return undefined;
  if (typeof session !== 'string' || (what === 'handover') !== (session !== '')) return undefined;
  if (topic !== undefined && (typeof topic !== 'string' || topic === '')) return undefined;
  return { what, topic, limit, session };
}

/** @param node  whose connections they must be */
export function readAnswer(body: Uint8Array, node: string): Answer | undefined {
  const value = parsed(body);
  if (value === undefined) return undefined;
  const { total, connections, isLast } = value;
  if (!isCount(total) || !Array.isArray(connections)) return undefined;
  const read: ListedConnection[] = [];
  for (const one of connections as unknown[]) {
    const connection = readConnection(one, node);
    if (connection === undefined) return undefined;
    read.push(connection);
  }
  return { total, connections: read, isLast: isLast === true };
}

function readConnection(given: unknown, node: string): ListedConnection | undefined {
  if (typeof given !== 'object' || given === null) return undefined;
  const { id, url, remoteAddress, subprotocol, openedAt, topics } = given as Record<string, unknown>;
  if (typeof id !== 'string' || !id.startsWith(`${node}/`) || !isCount(openedAt)) return undefined;
  if (typeof url !== 'string' || typeof remoteAddress !== 'string' || typeof subprotocol !== 'string') return undefined;
  if (!Array.isArray(topics) || !topics.every((topic) => typeof topic === 'string')) return undefined;
  return { id, node, url, remoteAddress, subprotocol, openedAt, topics: topics as string[] };
}

function parsed(body: Uint8Array): Record<string, unknown> | undefined {
  if (body.length > MAX_CONTROL) return undefined;
  try {
    const value: unknown = JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString());
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** The id of a connection in its parts; `undefined` where it cannot be one. @param id  `<node>/<number>` */
export function partsOfId(id: string): { readonly node: string; readonly number: number } | undefined {
  const match = /^([A-Za-z0-9_-]{1,64})\/(\d{1,15})$/.exec(id);
  return match === null ? undefined : { node: match[1] as string, number: Number(match[2]) };
}

/** In lists that are sent, in parts that fit into a message. */
export function* partsOfList(connections: readonly ListedConnection[]): Generator<readonly ListedConnection[]> {
  let part: ListedConnection[] = [];
  let size = 0;
  for (const connection of connections) {
    const own = connection.topics.reduce((sum, topic) => sum + topic.length + 3, connection.url.length + 200);
    // One that is too large by itself has more topics than can be told.
    const shown = own > MAX_PART ? { ...connection, url: connection.url.slice(0, 1_024), topics: [] } : connection;
    if (size + own > MAX_PART && part.length > 0) {
      yield part;
      part = [];
      size = 0;
    }
    part.push(shown);
    size += Math.min(own, MAX_PART);
  }
  yield part;
}
