// What clients of each contender say and hear, as bytes of WebSocket frames: a plain text, or Engine.IO's packets with Socket.IO's
// in them. Written by hand, so that no implementation under test is in the load.

import { encodeFrame } from '../../../bench/load/frames.ts';

const TEXT = 1;
const KEY = Buffer.from([0x12, 0x34, 0x56, 0x78]);

export interface Talk {
  /** Path and query of the URL. */
  path(topics: readonly string[]): string;
  /** Sent once the handshake is answered. */
  readonly greeting: Buffer | undefined;
  /** Sent when a text begins with this. */
  readonly answers: readonly (readonly [text: string, answer: Buffer])[];
  /** Whether a text says that everything is set up. Absent: it is set up at once. */
  readonly isSetUp?: (text: string) => boolean;
  publish(topic: string, data: string): Buffer;
  /** Whether a text is a message that somebody published. */
  isMessage(text: string): boolean;
}

const frame = (text: string): Buffer => encodeFrame(TEXT, Buffer.from(text, 'latin1'), KEY);

export const plain: Talk = {
  path: (topics) => `/?topics=${topics.join(',')}`,
  greeting: undefined,
  answers: [],
  publish: (topic, data) => frame(`${topic}|${data}`),
  isMessage: () => true,
};

export const socketIo: Talk = {
  path: (topics) => `/socket.io/?EIO=4&transport=websocket&topics=${topics.join(',')}`,
  greeting: frame('40'),
  answers: [['2', frame('3')]], // Engine.IO's ping
  isSetUp: (text) => text.startsWith('40'),
  publish: (topic, data) => frame(`42["p","${topic}","${data}"]`),
  isMessage: (text) => text.startsWith('42'),
};
