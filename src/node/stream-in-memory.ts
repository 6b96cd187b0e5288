// A stream with nothing behind it: it gives what is pushed into it, and drops what is written. Node's classes are tried out
// with it where no socket is there yet.

import { Duplex } from 'node:stream';

export function streamInMemory(): Duplex {
  return new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
}
