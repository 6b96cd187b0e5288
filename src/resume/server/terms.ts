// What one connection of a session is bound by: the options of the server, or what `accept` decided for it. Those of the current
// connection hold for its session; a message that has begun goes on as it began.

import type { ConnectionOptions } from '../../core/connection/options.ts';
import { carrierOptions, partSize } from '../carrier-options.ts';
import type { AnnouncedLimits } from '../protocol/control.ts';
import type { Taking } from '../protocol/inbound.ts';
import type { CompleteResumeSettings } from './options.ts';

export interface Terms {
  /** What the client is told. */
  readonly announced: AnnouncedLimits;
  /** Of the connection itself. */
  readonly carrier: ConnectionOptions;
  readonly taking: Taking;
  /** Bytes of messages that may be held and wait. */
  readonly maxQueued: number;
  readonly messagesPerSecond: number;
  /** Absent: messages are given whole. `from`: bytes of a stream; `limit`: bytes that one may be read to as a whole. */
  readonly streaming: { readonly from: number; readonly limit: number } | undefined;
}

/** @param options  of the connection, complete */
export function termsOf(options: ConnectionOptions, { replayBytes, part, store }: CompleteResumeSettings): Terms {
  const { limits, streaming, ownFrameSize } = options;
  const max = Math.min((streaming?.limits ?? limits).maxMessageSize, Number.MAX_SAFE_INTEGER);
  const announced = {
    buffer: replayBytes,
    part: Math.min(partSize(part, ownFrameSize), store?.maxPiece ?? Infinity),
    max,
  };
  return {
    announced,
    carrier: carrierOptions(options, announced),
    taking: { max, deliversPieces: streaming !== undefined },
    maxQueued: Math.max(limits.maxQueuedBytes, replayBytes),
    messagesPerSecond: limits.maxMessagesPerSecond,
    streaming: streaming && { from: streaming.from, limit: limits.maxMessageSize },
  };
}
