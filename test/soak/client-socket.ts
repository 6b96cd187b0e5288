// One client connection of the soak test, whichever implementation is behind it. Two are: a mistake that both ends of
// this package make alike would be seen by the other's.

import { connect as connectTcp, type Socket } from 'node:net';
import { WebSocket } from 'ws';
import { connect } from '../../src/engine/index.ts';
import type { TcpAddress } from '../../src/node/address.ts';
import { network, replaceNetwork } from '../../src/node/network.ts';
import type { Data, Message } from './messages.ts';
import { PATIENT } from './settings.ts';

export interface ClientSocket {
  readonly isOpen: boolean;
  /** Bytes. */
  readonly bufferedAmount: number;
  /** @param told  called once, with an error when the message was dropped */
  send(message: Message, told: (error?: unknown) => void): void;
  ping(payload: string): void;
  close(code: number, reason: string): void;
  /** Ends TCP without a closing handshake. */
  terminate(): void;
  /** Ends TCP with a reset. */
  reset(): void;
  /** Reads nothing more, so that TCP holds the server back and no ping is answered, until `resume`. */
  pause(): void;
  resume(): void;
}

export interface ClientEvents {
  message(data: Data): void;
  pong(payload: string): void;
  close(code: number, wasClean: boolean, error: string): void;
}

export type Compression = 'none' | 'takeover' | 'no takeover';

/** @throws (rejects) what the implementation says; nothing is left open */
export type OpenClient = (
  url: string,
  options: { readonly localAddress: string; readonly compression: Compression },
  events: ClientEvents,
) => Promise<ClientSocket>;

/** Where the next connection of the engine comes from, and its socket, which the engine keeps to itself. */
let localAddress = '127.0.0.1';
let lastSocket: Socket;

/** Has the engine connect from `localAddress`. */
export function chooseSourceAddresses(): void {
  replaceNetwork({
    ...network(),
    sharesSockets: true,
    connect(address) {
      lastSocket = connectTcp({ ...(address as TcpAddress), localAddress, allowHalfOpen: true, noDelay: true });
      return lastSocket;
    },
  });
}

export const openEngine: OpenClient = async (url, options, events) => {
  let error = '';
  localAddress = options.localAddress;
  const opening = connect(url, {
    compression: options.compression !== 'none' && {
      serverNoContextTakeover: options.compression === 'no takeover',
      clientNoContextTakeover: options.compression === 'no takeover',
      level: 1,
      threshold: 0,
    },
    heartbeat: false,
    handshakeTimeout: PATIENT,
    closeTimeout: PATIENT,
    handlers: {
      message: (_, data) => events.message(data),
      pong: (_, payload) => events.pong(payload.toString()),
      error: (_, { code }) => {
        error = code;
      },
      close: (_, { code, wasClean }) => events.close(code, wasClean, error),
    },
  });
  // The engine dials during the call.
  const socket = lastSocket;
  const connection = await opening;
  return {
    get isOpen() {
      return connection.isOpen;
    },
    get bufferedAmount() {
      return connection.bufferedAmount;
    },
    send({ fragments }, told) {
      const last = fragments.length - 1;
      for (let index = 0; index < last; index++) {
        connection.sendFragment(fragments[index] as Data, { fin: false });
        if (index === 0) connection.ping('between');
      }
      const data = fragments[last] as Data;
      if (last === 0) connection.send(data, told);
      else connection.sendFragment(data, { fin: true }, told);
    },
    ping: (payload) => void connection.ping(payload),
    close: (code, reason) => void connection.close(code, reason),
    terminate: () => connection.terminate(),
    reset: () => void socket.resetAndDestroy(),
    pause: () => connection.pause(),
    resume: () => connection.resume(),
  };
};

export const openWs: OpenClient = (url, options, events) =>
  new Promise((resolve, reject) => {
    let isOpen = false;
    let error = '';
    const settings = {
      localAddress: options.localAddress,
      perMessageDeflate: options.compression !== 'none' && {
        serverNoContextTakeover: options.compression === 'no takeover',
        clientNoContextTakeover: options.compression === 'no takeover',
        zlibDeflateOptions: { level: 1 },
        threshold: 0,
      },
      handshakeTimeout: PATIENT,
      closeTimeout: PATIENT,
    };
    const socket = new WebSocket(url, settings);
    socket.on('message', (data: Buffer, isBinary) => events.message(isBinary ? data : data.toString()));
    socket.on('pong', (payload) => events.pong(payload.toString()));
    socket.on('error', (reason: NodeJS.ErrnoException) => {
      error = reason.code ?? reason.message;
      if (!isOpen) reject(reason);
    });
    socket.on('close', (code) => {
      if (isOpen) events.close(code, code !== 1006, error);
    });
    socket.on('open', () => {
      isOpen = true;
      const tcp = (socket as unknown as { _socket: Socket })._socket;
      resolve({
        get isOpen() {
          return socket.readyState === WebSocket.OPEN;
        },
        get bufferedAmount() {
          return socket.bufferedAmount;
        },
        send({ data, fragments }, told) {
          const binary = typeof data !== 'string';
          const last = fragments.length - 1;
          for (const [index, fragment] of fragments.entries()) {
            if (index === last) socket.send(fragment, { binary, fin: true }, told);
            else socket.send(fragment, { binary, fin: false }, () => {});
            if (index === 0 && last > 0) socket.ping('between', true, () => {});
          }
        },
        ping: (payload) => socket.ping(payload, true, () => {}),
        close: (code, reason) => socket.close(code, reason),
        terminate: () => socket.terminate(),
        reset: () => void tcp.resetAndDestroy(),
        pause: () => socket.pause(),
        resume: () => socket.resume(),
      });
    });
  });
