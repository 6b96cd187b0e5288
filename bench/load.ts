// Echo load over raw sockets: each connection keeps a number of messages in flight and sends a new one for each that
// comes back. Responses are counted by bytes; the first one of each connection is compared in full.

import { connect, type Socket } from 'node:net';
import { encodeFrame } from './frames.ts';

export interface EchoLoad {
  readonly connections: number;
  readonly inFlight: number;
  /** Bytes of payload. */
  readonly size: number;
  readonly opcode: 1 | 2;
}

/** Connections to one server, idle until they are run. */
export class EchoClients {
  readonly #load: EchoLoad;
  readonly #request: Buffer;
  readonly #response: Buffer;
  readonly #sockets: Socket[] = [];
  #received = 0;
  #isRunning = false;
  #outstanding = 0;
  #idle: (() => void) | undefined;

  constructor(load: EchoLoad) {
    this.#load = load;
    const payload = Buffer.alloc(load.size, 97);
    this.#request = encodeFrame(load.opcode, payload, true);
    this.#response = encodeFrame(load.opcode, payload, false);
  }

  async open(port: number): Promise<void> {
    for (let count = 0; count < this.#load.connections; count++) {
      this.#sockets.push(await this.#openOne(port));
    }
  }

  /** Runs for some milliseconds. @returns messages that came back */
  async run(milliseconds: number): Promise<number> {
    this.#received = 0;
    this.#isRunning = true;
    const batch = Buffer.concat(new Array<Buffer>(this.#load.inFlight).fill(this.#request));
    this.#outstanding = this.#sockets.length * this.#load.inFlight;
    for (const socket of this.#sockets) socket.write(batch);
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    this.#isRunning = false;
    if (this.#outstanding > 0) await new Promise<void>((resolve) => (this.#idle = resolve));
    return this.#received;
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #openOne(port: number): Promise<Socket> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true });
      socket.on('error', reject);
      socket.write(
        'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
          'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n',
      );
      socket.once('data', (head) => {
        if (!head.toString('latin1').startsWith('HTTP/1.1 101')) {
          reject(new Error(`handshake answered ${head.toString('latin1', 0, 60)}`));
          return;
        }
        this.#serve(socket);
        resolve(socket);
      });
    });
  }

  #serve(socket: Socket): void {
    const { length } = this.#response;
    const requests = Buffer.concat(new Array<Buffer>(this.#load.inFlight).fill(this.#request));
    let pending = 0;
    let checked = 0;
    socket.on('data', (chunk) => {
      if (checked < length) {
        const end = Math.min(length, checked + chunk.length);
        if (this.#response.compare(chunk, 0, end - checked, checked, end) !== 0)
          throw new Error('the first answer is not the echo');
        checked = end;
      }
      pending += chunk.length;
      const count = Math.floor(pending / length);
      if (count === 0) return;
      pending -= count * length;
      this.#received += count;
      if (this.#isRunning) {
        socket.write(requests.subarray(0, count * this.#request.length));
        return;
      }
      this.#outstanding -= count;
      if (this.#outstanding === 0) this.#idle?.();
    });
  }
}
