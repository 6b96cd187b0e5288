// `harmony-websocket serve --workers N`: the command runs in several processes that share the port. This one starts them, and
// prints the addresses.

import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { createCluster } from 'harmony-websocket/cluster';
import { WebSocketError } from 'harmony-websocket/engine';
import { CommandError, ExitCode } from '../exit.ts';
import type { Output } from '../output.ts';
import { onInterrupt } from '../signals.ts';

/** In the environment of its workers. */
const WORKER = 'HARMONY_WEBSOCKET_SERVE_WORKER';
/** Numbers of connections in the log of one process begin behind this many for each process before it. */
const CONNECTIONS_OF_A_PROCESS = 100_000;

/** Whether this process is one of them. */
export const isWorker = process.env[WORKER] !== undefined;

/** Where the numbers of connections of this process begin, so that no two lines of the log mean another connection. */
export async function firstNumber(): Promise<number> {
  if (!isWorker) return 0;
  const { default: cluster } = await import('node:cluster');
  return ((cluster.worker?.id ?? 1) - 1) * CONNECTIONS_OF_A_PROCESS;
}

/** @throws CommandError */
export function parseWorkers(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= 1 && number <= 1024) return number;
  throw new CommandError(`--workers ${text} is not a number of processes; use 1 to 1024`);
}

/**
 * Runs until it is interrupted.
 *
 * @param args      of the command, without `--workers`
 * @param announce  prints the addresses
 * @param deadline  milliseconds that clients have to answer the closing handshake
 * @returns the exit code
 */
export async function serveWorkers(
  workers: number,
  args: readonly string[],
  output: Output,
  announce: (address: AddressInfo) => void,
  deadline: number,
): Promise<number> {
  let readerGone = (): void => {};
  const isReaderGone = new Promise<void>((resolve) => {
    readerGone = resolve;
  });
  const cluster = await createCluster({
    workers,
    server: fileURLToPath(new URL('../main.js', import.meta.url)),
    args: ['serve', ...args],
    env: { [WORKER]: '1' },
    drain: { code: 1001, deadline },
    signals: false,
    // It has stopped by itself: nobody reads its output any more.
    workerGone: (_, { code, wasAsked }) => {
      if (!wasAsked && (code === ExitCode.ok || code === ExitCode.output)) readerGone();
    },
  }).catch((error: unknown) => {
    // The worker has printed why.
    if (error instanceof WebSocketError && error.code === 'ERR_WS_CLUSTER_WORKER') return undefined;
    throw error;
  });
  if (cluster === undefined) return ExitCode.failed;
  announce(cluster.addresses[0] as AddressInfo);
  const interrupted = new Promise<void>((resolve) => {
    onInterrupt(
      () => {
        output.line(`ending: closing the connections of ${workers} processes (press Ctrl-C again to exit at once)`);
        resolve();
      },
      () => process.exit(ExitCode.interrupted),
    );
    if (process.connected) process.once('disconnect', resolve);
  });
  await Promise.race([interrupted, isReaderGone]);
  await cluster.drain();
  output.line('ended');
  if (process.connected) process.disconnect();
  return ExitCode.ok;
}
