// Deno's own server. It agrees on no compression and has no topics: a publish is a loop.

import { pemOf, ready, task } from '../servers/child.ts';
import type { ServerTask } from '../servers/task.ts';

interface DenoSocket {
  binaryType: string;
  readonly readyState: number;
  onopen: (() => void) | null;
  onmessage: ((event: { data: string | ArrayBuffer }) => void) | null;
  onclose: (() => void) | null;
  onerror: (() => void) | null;
  send(data: string | ArrayBuffer): void;
}
declare const Deno: {
  serve(options: object, handler: (request: Request) => Response): unknown;
  upgradeWebSocket(request: Request, options: object): { socket: DenoSocket; response: Response };
};

const given = task<ServerTask>();
const subscribers = new Set<DenoSocket>();
Deno.serve(
  {
    hostname: '127.0.0.1',
    port: 0,
    ...pemOf(given),
    onListen: ({ port }: { port: number }) => ready(port),
  },
  (request) => {
    const { socket, response } = Deno.upgradeWebSocket(request, { idleTimeout: 0 });
    socket.binaryType = 'arraybuffer';
    socket.onerror = () => {};
    if (given.kind === 'echo') {
      socket.onmessage = ({ data }) => socket.send(data);
      return response;
    }
    if (request.url.endsWith('/publish')) {
      socket.onmessage = ({ data }) => {
        for (const subscriber of subscribers) if (subscriber.readyState === 1) subscriber.send(data);
      };
    } else {
      socket.onopen = () => subscribers.add(socket);
      socket.onclose = () => subscribers.delete(socket);
    }
    return response;
  },
);
