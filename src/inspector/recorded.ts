// What an inspector keeps of one connection: its handshake, and frames and notes in the order in which they came. Payloads are
// kept as bytes, and become text or base64 when a DevTools is sent them.

/** A frame, or something to be told between frames. */
export type Entry = RecordedFrame | Note;

export interface RecordedFrame {
  readonly kind: 'frame';
  /** Seconds on the clock of the inspector. */
  readonly time: number;
  /** As the server sees it. */
  readonly direction: 'received' | 'sent';
  readonly opcode: number;
  /** The beginning of the payload: a copy. */
  readonly payload: Uint8Array;
  /** Bytes of the whole payload. */
  readonly size: number;
}

/** A line among the frames, such as "12 frames are not shown". */
export interface Note {
  readonly kind: 'note';
  /** As of {@link RecordedFrame}. */
  readonly time: number;
  readonly text: string;
}

/** Header fields: name, value, name, value … */
export type Fields = readonly string[];

/** What is known of a handshake. */
export interface RecordedHandshake {
  /** `ws://host/target`, without secrets if they are not to be shown. */
  readonly url: string;
  /** As of {@link RecordedFrame}. */
  readonly time: number;
  readonly requestFields: Fields;
  readonly status: number;
  readonly statusText: string;
  readonly responseFields: Fields;
}

export class RecordedConnection {
  /** Unique in the process. */
  readonly id: string;
  readonly handshake: RecordedHandshake;
  /** The frames and notes that are kept. */
  readonly entries: Entry[] = [];
  /** Frames at the beginning that are kept no more. */
  forgotten = 0;
  /** Frames since the last note that are not recorded. */
  notShown = 0;
  /** When it ended, as of {@link RecordedFrame}; `undefined` while it is open. */
  ended: number | undefined;
  /** Whether it is kept no more. */
  isForgotten = false;
  /** What the sampler knows of it: the window in which it was last asked, and the frames that were taken in that. */
  window = -1;
  taken = 0;

  constructor(id: string, handshake: RecordedHandshake) {
    this.id = id;
    this.handshake = handshake;
  }
}

/** The bytes that count for an entry. */
export function sizeOf(entry: Entry): number {
  return entry.kind === 'frame' ? entry.payload.length : entry.text.length;
}
