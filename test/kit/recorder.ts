// What a kit object reported, in order and in short: `error{200,'403'}`, `close{1000,'CLOSE_NORMAL'}`, `connect→true`.
// The traces of kit specification §9 are written in this notation.

import type { BusinessError } from '../../src/kit/index.ts';
import { webSocket } from '../../src/kit/index.ts';

// Everything here is on loopback, and `proxy: 'system'` is the kit's default: a proxy of this machine is not for us.
for (const name of ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY']) {
  delete process.env[name];
  delete process.env[name.toLowerCase()];
}

export class Recorder {
  /** Everything so far. */
  readonly events: string[] = [];
  readonly #waiting = new Set<() => void>();

  record(event: string): void {
    this.events.push(event);
    for (const check of [...this.#waiting]) check();
  }

  /** Records the outcome of a call in its Promise form: `name→value` or `name→code`. */
  async outcome(name: string, answer: Promise<boolean>): Promise<void> {
    try {
      this.record(`${name}→${await answer}`);
    } catch (error) {
      this.record(`${name}→${(error as BusinessError).code}`);
    }
  }

  /** Resolves once `count` events begin with `start`; with those events. */
  until(start: string, count = 1): Promise<string[]> {
    return new Promise((resolve) => {
      const check = () => {
        const found = this.events.filter((event) => event.startsWith(start));
        if (found.length < count) return;
        this.#waiting.delete(check);
        resolve(found);
      };
      this.#waiting.add(check);
      check();
    });
  }
}

/** A client that records all of its events. */
export function recordedClient(): { ws: webSocket.WebSocket; trace: Recorder } {
  const ws = webSocket.createWebSocket();
  const trace = new Recorder();
  ws.on('headerReceive', () => trace.record('headerReceive'));
  ws.on('open', (_err, value) => trace.record(`open{${(value as webSocket.OpenResult).status}}`));
  ws.on('openInfo', () => trace.record('openInfo'));
  ws.on('message', (_err, value) => trace.record(`message ${shown(value)}`));
  ws.on('dataEnd', () => trace.record('dataEnd'));
  ws.on('close', (_err, value) => trace.record(`close${closing(value)}`));
  ws.on('error', (err) => trace.record(`error{${err.code},'${err.data}'}`));
  return { ws, trace };
}

/** A server that listens on 127.0.0.1, on its own port, and records all of its events. */
export async function recordedServer(
  config: Partial<webSocket.WebSocketServerConfig> = {},
): Promise<{ server: webSocket.WebSocketServer; trace: Recorder; url: string; port: number }> {
  const server = webSocket.createWebSocketServer();
  const trace = new Recorder();
  server.on('connect', () => trace.record('connect'));
  server.on('messageReceive', ({ data }) => trace.record(`messageReceive ${shown(data)}`));
  server.on('close', (_connection, reason) => trace.record(`close${closing(reason)}`));
  server.on('error', (err) => trace.record(`error{${err.code}}`));
  await server.start({ ...defaults, ...config });
  const port = portOf(server);
  return { server, trace, url: `ws://127.0.0.1:${port}`, port };
}

const defaults: webSocket.WebSocketServerConfig = {
  serverIP: '127.0.0.1',
  serverPort: 0,
  maxConcurrentClientsNumber: 10,
  maxConnectionsForOneClient: 10,
};

/** The real port of a server that was started with port 0: an extension outside its type. */
export function portOf(server: webSocket.WebSocketServer): number {
  return Reflect.get(server, 'serverPort') as number;
}

function shown(data: string | ArrayBuffer): string {
  return typeof data === 'string' ? data : `<${Buffer.from(data).toString('hex')}>`;
}

function closing({ code, reason }: webSocket.CloseResult): string {
  return `{${code},'${reason}'}`;
}
