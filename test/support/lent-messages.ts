// Binary messages that are lent to handlers of a connection, with what a test wants to know of them.

import assert from 'node:assert/strict';
import { CoreHost, openConnection, type Setup } from './core-connection.ts';

/** Promises that the test settles, in the order of the messages. */
export class Handlers {
  readonly all: { readonly data: Uint8Array; resolve(): void; reject(error: Error): void }[] = [];

  readonly message = (_: unknown, data: string | Uint8Array): Promise<void> => {
    assert.ok(typeof data !== 'string');
    return new Promise((resolve, reject) => this.all.push({ data, resolve, reject }));
  };
}

/** Until what awaits a promise that has settled has run. */
export async function settled(): Promise<void> {
  for (let count = 0; count < 5; count++) await Promise.resolve();
}

/** With copies of its messages, and the messages as they were lent. */
export function lending(role: 'client' | 'server', setup: Setup = {}) {
  const copies: Uint8Array[] = [];
  const kept: Uint8Array[] = [];
  const { handlers } = setup;
  const host = setup.host ?? new CoreHost();
  const open = openConnection(role, {
    binaryMessages: 'lent',
    ...setup,
    host,
    handlers: {
      ...handlers,
      message(connection, data, isBinary) {
        if (typeof data !== 'string') {
          copies.push(data.slice());
          kept.push(data);
        }
        return handlers?.message?.(connection, data, isBinary);
      },
    },
  });
  return { ...open, copies, kept, host, pool: host.workspace.memory };
}

/** With what lent memory has when its time is over. */
export function isOverwritten(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0xdd);
}
