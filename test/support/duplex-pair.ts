// Two ends of a connection that are Duplex streams and nothing more: no addresses, no timeouts, no Nagle.

import { Duplex } from 'node:stream';

class End extends Duplex {
  peer: End | undefined;
  #resume: (() => void) | undefined;

  override _read(): void {
    const resume = this.#resume;
    this.#resume = undefined;
    resume?.();
  }

  override _write(chunk: Buffer, _encoding: string, callback: () => void): void {
    const peer = this.peer as End;
    if (chunk.length === 0 || peer.push(chunk)) process.nextTick(callback);
    else peer.#resume = callback;
  }

  override _final(callback: () => void): void {
    this.peer?.push(null);
    callback();
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    const { peer } = this;
    callback(error);
    if (peer?.destroyed === false && !this.writableFinished) peer.destroy();
  }
}

export function duplexPair(): [Duplex, Duplex] {
  const [one, other] = [new End(), new End()];
  one.peer = other;
  other.peer = one;
  return [one, other];
}
