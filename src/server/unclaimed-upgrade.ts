// Upgrades of an HTTP server with attached servers that neither one of these nor anybody else takes: 404.

import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { takeOnce } from './attachments.ts';
import { afterEarlierResponses } from './earlier-responses.ts';
import { RefusedSockets } from './refused-sockets.ts';
import { TrustedProxies } from './trusted-proxies.ts';
import { type UpgradePolicy, upgrade } from './upgrade.ts';
import { refuse } from './upgrade-decision.ts';

/** Clients whom no server of a port has taken. */
const DECLINED = new RefusedSockets();
const NO_PROXIES = new TrustedProxies();

/** Answers an upgrade that nobody takes. `path` is one that would have been taken. */
export function declineUpgrade(
  request: IncomingMessage,
  socket: Duplex,
  head: Uint8Array,
  path: string | undefined,
): void {
  if (!takeOnce(request)) return;
  const expected = path === undefined ? '' : `; expected path ${path}`;
  const policy: UpgradePolicy<undefined> = {
    subprotocols: [],
    compression: undefined,
    decisionTimeout: 0,
    maxHeaderCount: Infinity,
    origins: undefined,
    proxies: NO_PROXIES,
    slotOf: undefined,
    refusal: () => refuse(404, `no WebSocket here${expected}`),
    pending: new Set(),
    refusedSockets: DECLINED,
    decide: undefined,
    accepted: () => undefined,
    refused: () => {},
    failed: () => {},
  };
  afterEarlierResponses(request, socket, undefined, () => upgrade(request, socket as Socket, head, policy));
}
