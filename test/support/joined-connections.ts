// A client and a server connection of the core, joined in memory: what one writes the other receives, in chunks that
// the test cuts.

import { type CoreHost, type OpenConnection, openConnection, type Setup } from './core-connection.ts';
import type { MemoryTransport } from './memory-transport.ts';

export interface JoinedConnections {
  readonly client: OpenConnection;
  readonly server: OpenConnection;
  /** Carries bytes, and the ends of TCP, both ways until both are quiet. */
  exchange(): void;
}

/** @param nextChunk  size of the next chunk, at least 1, given how many bytes there are */
export function joinConnections(
  host: CoreHost,
  nextChunk: (available: number) => number,
  setup: { readonly client?: Setup; readonly server?: Setup } = {},
): JoinedConnections {
  const client = openConnection('client', { ...setup.client, host });
  const server = openConnection('server', { ...setup.server, host });
  const ends = new Set<MemoryTransport>();

  /** @returns whether anything moved */
  function carry(from: OpenConnection, to: OpenConnection): boolean {
    const { bytes } = from.written;
    from.written.clear();
    for (let at = 0; at < bytes.length; ) {
      const size = Math.min(bytes.length - at, nextChunk(bytes.length - at));
      to.transport.deliver(bytes.slice(at, at + size));
      host.turn.end();
      at += size;
    }
    from.transport.release();
    host.turn.end();
    const isEnd = from.transport.isEnded && from.written.count === 0 && !ends.has(from.transport);
    if (isEnd) {
      ends.add(from.transport);
      to.transport.deliver('end');
      host.turn.end();
    }
    return bytes.length > 0 || isEnd;
  }

  return {
    client,
    server,
    exchange() {
      host.turn.end();
      while ([carry(client, server), carry(server, client)].some(Boolean));
      if (!ends.has(client.transport) || !ends.has(server.transport)) return;
      client.transport.gone();
      server.transport.gone();
      host.turn.end();
    },
  };
}
