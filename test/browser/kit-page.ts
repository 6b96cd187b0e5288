// What the tests of the kit have in their page, as the global `kit`: the package as a bundler finds it for a browser, and
// clients that record what they report in the notation of kit specification §9.

import { type BusinessError, webSocket } from 'harmony-websocket';

export { BusinessError, default as byDefault, hilog, webSocket } from 'harmony-websocket';
export { configure } from 'harmony-websocket/configure';

class Recorder {
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

  /** A callback that records the outcome of a call. */
  callback(name: string): (error: BusinessError | undefined, value: boolean) => void {
    return (error, value) => this.record(`${name}→${error === undefined ? value : error.code}`);
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
  ws.on('open', (_err, value) => trace.record(`open${JSON.stringify(value)}`));
  ws.on('openInfo', (_err, value) => trace.record(`openInfo${JSON.stringify(value)}`));
  ws.on('message', (_err, value) => trace.record(`message ${shown(value)}`));
  ws.on('dataEnd', () => trace.record('dataEnd'));
  ws.on('close', (_err, { code, reason }) => trace.record(`close{${code},'${reason}'}`));
  ws.on('error', (err) => trace.record(`error{${err.code},'${err.data}'}`));
  return { ws, trace };
}

function shown(data: string | ArrayBuffer): string {
  if (typeof data === 'string') return data;
  return `<${Array.from(new Uint8Array(data), (byte) => byte.toString(16).padStart(2, '0')).join('')}>`;
}

/** What a call threw, or its Promise was rejected with: its code and message; `undefined` when it succeeded. */
export async function failure(call: () => unknown): Promise<{ code: number; message: string } | undefined> {
  try {
    await call();
    return undefined;
  } catch (error) {
    const { code, message } = error as BusinessError;
    return { code, message };
  }
}
