// How the connections below a session are set up, at both ends. What bounds the application's messages is not their business:
// they carry parts, control messages, and texts with a character in front (docs/resume.md, "Control messages").

import type { ConnectionOptions } from '../core/connection/options.ts';
import { type AnnouncedLimits, MAX_CONTROL_SIZE } from './protocol/control.ts';

/** U+0010 in front of a text that begins with it. */
const STUFFING = 1;

/** @param announced  what this end announces to the other one */
export function carrierOptions(
  options: ConnectionOptions,
  { max, part }: Pick<AnnouncedLimits, 'max' | 'part'>,
): ConnectionOptions {
  const { limits } = options;
  const largest = Math.max(Math.min(max, part) + STUFFING, MAX_CONTROL_SIZE);
  return {
    ...options,
    limits: {
      ...limits,
      maxMessageSize: Math.max(limits.maxMessageSize + STUFFING, largest),
      maxFrameSize: Math.max(limits.maxFrameSize + STUFFING, largest),
      // Parts and control messages are none of the application's: it is given its messages at this pace (message-pace.ts).
      maxMessagesPerSecond: Infinity,
      // Bounded by what a session keeps. Nothing may be dropped in silence: the counts of both ends would differ.
      maxQueuedBytes: Infinity,
    },
    slowConsumer: 'close',
    lending: undefined,
    streaming: undefined,
    textMessages: 'strings',
    fragmentSizes: true,
    // They are the session's.
    idleTimeout: 0,
    maxLifetime: 0,
  };
}

/**
 * Bytes of the parts that this end takes: a part comes in one frame, as most senders send it.
 *
 * @param wanted     as it was set
 * @param frameSize  `maxFrameSize`, if it was set
 */
export function partSize(wanted: number, frameSize = Infinity): number {
  return Math.max(16, Math.min(wanted, frameSize));
}
