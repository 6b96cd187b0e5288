// A WebSocket as a Duplex of Node: each chunk written is sent as a message, and each message received is read. Back-pressure
// works both ways: a reader that is behind pauses the peer, and a write is done when the system has its message.

import process from 'node:process';
import { Duplex, type DuplexOptions } from 'node:stream';
import type { RawData } from './data.ts';
import type { WebSocket } from './websocket.ts';

const CONNECTING = 0;
const CLOSED = 3;

/**
 * Makes a Duplex of a WebSocket. Each chunk that is written is one message.
 *
 * @param options  of Duplex; with `readableObjectMode`, each message is one chunk, and text is a string
 */
export function createWebSocketStream(webSocket: WebSocket, options?: DuplexOptions): Duplex {
  /** Whether the WebSocket goes when the stream is destroyed. */
  let terminates = true;

  function write(chunk: unknown, encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    if (webSocket.readyState === CONNECTING) webSocket.once('open', () => write(chunk, encoding, done));
    else webSocket.send(chunk as Buffer, done);
  }

  function final(done: (error?: Error | null) => void): void {
    if (webSocket.readyState === CONNECTING) {
      webSocket.once('open', () => duplex._final(done));
    } else if (webSocket._socket === null) {
      // The handshake failed: the error is on its way, and `finish` must not come before it.
    } else if (webSocket.readyState === CLOSED) {
      done();
    } else {
      webSocket.once('close', () => done());
      webSocket.close();
    }
  }

  function destroy(error: Error | null, done: (error?: Error | null) => void): void {
    let reported = error;
    const finish = (): void => {
      done(reported);
      process.nextTick(() => duplex.emit('close'));
    };
    if (webSocket.readyState === CLOSED) {
      finish();
      return;
    }
    webSocket.once('error', (later) => {
      reported ??= later;
    });
    webSocket.once('close', finish);
    if (terminates) webSocket.terminate();
  }

  const duplex = new Duplex({
    ...options,
    // It is destroyed when both sides are at their end, and `close` comes with that of the WebSocket.
    autoDestroy: false,
    emitClose: false,
    objectMode: false,
    writableObjectMode: false,
    read() {
      if (webSocket.isPaused) webSocket.resume();
    },
    write,
    final,
    destroy,
  });

  webSocket.on('message', (data: RawData, isBinary: boolean) => {
    const chunk = !isBinary && duplex.readableObjectMode ? data.toString() : data;
    if (!duplex.push(chunk)) webSocket.pause();
  });
  webSocket.once('error', (error) => {
    if (duplex.destroyed) return;
    // The engine is sending its Close frame, and ends the connection by itself.
    terminates = false;
    duplex.destroy(error);
  });
  webSocket.once('close', () => {
    if (!duplex.destroyed) duplex.push(null);
  });
  duplex.on('end', () => {
    if (!duplex.destroyed && duplex.writableFinished) duplex.destroy();
  });
  duplex.on('finish', () => {
    if (!duplex.destroyed && duplex.readableEnded) duplex.destroy();
  });
  const failed = (error: Error): void => {
    duplex.removeListener('error', failed);
    duplex.destroy();
    // This listener must not be what keeps an error from being uncaught.
    if (duplex.listenerCount('error') === 0) duplex.emit('error', error);
  };
  duplex.on('error', failed);
  return duplex;
}
