// From the store's form of a session, a head and two logs, to the state that a process goes on with, and back.

import { joined } from './outgoing-item.ts';
import type { Payload } from './ports.ts';
import {
  type Answer,
  MAX_APPEND,
  type SessionHead,
  type SessionLog,
  type SessionState,
  type SessionStore,
  type StoredPiece,
  type Written,
} from './store.ts';

/** Whether an answer comes later. */
export function isLater<Value>(answer: Answer<Value>): answer is Promise<Value> {
  return typeof answer === 'object' && answer !== null && 'then' in answer;
}

/** Why a store does not say what it has of a session. */
export type NotOwned = Exclude<Written, 'written'>;

/** Reads what belongs to a head. `fenced`, `lost`: as of {@link Written}, it is not there to be read any more. */
export async function readState(
  store: SessionStore,
  id: string,
  generation: number,
  head: SessionHead,
): Promise<SessionState | NotOwned> {
  const { within, ...rest } = head;
  const pieces = await readLog(store, id, generation, 'outgoing', head.acknowledged, Number.MAX_SAFE_INTEGER);
  if (typeof pieces === 'string') return pieces;
  // The source of a message that was being sent has died with its process.
  const last = pieces.at(-1);
  if (last?.end === 'more' || (last === undefined && head.isContinuing)) {
    const isText = typeof last?.data === 'string';
    const sequence = (last?.sequence ?? head.acknowledged) + 1;
    pieces.push({ sequence, data: isText ? '' : new Uint8Array(0), end: 'void' });
  }
  if (within === undefined) return { ...rest, pieces };
  const parts = await readLog(store, id, generation, 'incoming', head.handledWhole, head.handled);
  if (typeof parts === 'string') return parts;
  const isBinary = within === 'binary';
  const data =
    parts.length === 0
      ? undefined
      : joined(
          parts.map((part) => part.data),
          isBinary,
        );
  return { ...rest, pieces, beginning: { isBinary, data } };
}

async function readLog(
  store: SessionStore,
  id: string,
  generation: number,
  log: SessionLog,
  after: number,
  upTo: number,
): Promise<StoredPiece[] | NotOwned> {
  const all: StoredPiece[] = [];
  for (let last = after; last < upTo; ) {
    const some = await store.since(id, generation, log, last);
    if (typeof some === 'string') return some;
    if (some.length === 0) break;
    for (const piece of some) if (piece.sequence <= upTo) all.push(piece);
    last = some.at(-1)?.sequence ?? upTo;
  }
  return all;
}

/** Pieces as `append` takes them: some at a time. @param textSize  bytes of a text in UTF-8 */
export function batches(pieces: Iterable<StoredPiece>, textSize: (text: string) => number): StoredPiece[][] {
  const all: StoredPiece[][] = [];
  let batch: StoredPiece[] = [];
  let bytes = 0;
  for (const piece of pieces) {
    const size = typeof piece.data === 'string' ? textSize(piece.data) : piece.data.length;
    if (batch.length > 0 && bytes + size > MAX_APPEND) {
      all.push(batch);
      batch = [];
      bytes = 0;
    }
    batch.push(piece);
    bytes += size;
  }
  if (batch.length > 0) all.push(batch);
  return all;
}

/** All of several calls, which were made in order. The answer is the first one that is not `written`. */
export function together(answers: readonly Answer<Written>[]): Answer<Written> {
  if (!answers.some(isLater)) return worst(answers as Written[]);
  return Promise.all(answers.map(async (answer) => answer)).then(worst);
}

function worst(answers: readonly Written[]): Written {
  return answers.find((answer) => answer !== 'written') ?? 'written';
}

/** Writes a whole state, and gives the session up. */
export function releaseState(
  store: SessionStore,
  id: string,
  generation: number,
  keep: number,
  state: SessionState,
  textSize: (text: string) => number,
): Answer<Written> {
  const { beginning, parts: _, pieces, acknowledged, isContinuing, ...rest } = state;
  const within = beginning && (beginning.isBinary ? 'binary' : 'text');
  const answers = [store.trim(id, generation, acknowledged, isContinuing)];
  const data: Payload | undefined = beginning?.data;
  if (data !== undefined)
    answers.push(store.append(id, generation, 'incoming', [{ sequence: state.handled, data, end: 'more' }]));
  for (const batch of batches(pieces, textSize)) answers.push(store.append(id, generation, 'outgoing', batch));
  answers.push(store.commit(id, generation, { ...rest, within }), store.release(id, generation, keep));
  return together(answers);
}
