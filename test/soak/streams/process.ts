// A process of a long run with streams: the server, or the client. It samples its own memory and the lateness of its event
// loop, and tells both to its parent.

import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Task } from './end.ts';
import { streamServer, transfer } from './transfer.ts';

/** What a process tells its parent. */
export type News =
  | { readonly kind: 'port'; readonly port: number }
  | { readonly kind: 'violation'; readonly text: string }
  | { readonly kind: 'done'; readonly outcome: string }
  /** Bytes, and milliseconds: the worst lateness since the last sample. */
  | {
      readonly kind: 'sample';
      readonly rss: number;
      readonly heap: number;
      readonly buffers: number;
      readonly late: number;
    };

/** What it is asked for. */
export interface Order {
  readonly task: Task;
  readonly compression: boolean;
  readonly port: number;
}

const SAMPLE = 200;

function tell(news: News): void {
  process.send?.(news);
}

const delays = monitorEventLoopDelay({ resolution: 1 });
delays.enable();
setInterval(() => {
  const { rss, heapUsed, arrayBuffers } = process.memoryUsage();
  tell({ kind: 'sample', rss, heap: heapUsed, buffers: arrayBuffers, late: delays.max / 1e6 });
  delays.reset();
}, SAMPLE).unref();

if (process.argv[2] === 'server') {
  const server = streamServer((text) => tell({ kind: 'violation', text }));
  const { port } = await server.listen({ host: '127.0.0.1' });
  tell({ kind: 'port', port });
} else {
  process.on('message', ({ task, port, compression }: Order) => {
    transfer(task, port, compression).then(
      (outcome) => tell({ kind: 'done', outcome }),
      (error: Error) => tell({ kind: 'done', outcome: error.message }),
    );
  });
}
process.on('disconnect', () => process.exit());
