// Our client over TCP, against a raw server.

import { open } from '../../support/engine.ts';
import { Scope } from '../../support/handles.ts';
import { switchingProtocols } from '../../support/handshake.ts';
import { listenRaw, type RawServer } from '../../support/raw-peer.ts';
import type { Case } from '../case.ts';
import { Observed } from '../observed.ts';
import { closeTimeoutFor, converse, type Execution } from './conversation.ts';

/** For one execution at a time: the next connection is that execution's. */
export class ClientDriver {
  readonly #server: RawServer;

  private constructor(server: RawServer) {
    this.#server = server;
  }

  static async listen(scope: Scope): Promise<ClientDriver> {
    return new ClientDriver(await listenRaw(scope));
  }

  async execute(execution: Execution): Promise<void> {
    const { it, withHead } = execution;
    const { settings, deflate, local } = it;
    const observed = new Observed();
    const scope = new Scope();
    try {
      const connecting = open(scope, this.#server.url, {
        ...settings,
        ...(deflate === undefined ? {} : { compression: { threshold: 0 } }),
        closeTimeout: closeTimeoutFor(execution),
        handlers: { ...observed.handlers, open: (connection) => local?.(connection) },
      });
      const peer = await this.#server.accepted();
      scope.defer(() => peer.destroy());
      const response = switchingProtocols(await peer.readHead(), ...accepted(deflate));
      peer.write(Buffer.concat([Buffer.from(response, 'latin1'), withHead]));
      await connecting;
      await converse(execution, peer, observed);
    } finally {
      await scope.end();
    }
  }
}

/** RFC 7692 §7.1: the response's field. */
function accepted(deflate: Case['deflate']): string[] {
  if (deflate === undefined) return [];
  const { serverNoContextTakeover, clientNoContextTakeover, serverMaxWindowBits, clientMaxWindowBits } = deflate;
  const parameters = [
    'permessage-deflate',
    serverNoContextTakeover === true ? 'server_no_context_takeover' : '',
    clientNoContextTakeover === true ? 'client_no_context_takeover' : '',
    serverMaxWindowBits === undefined ? '' : `server_max_window_bits=${serverMaxWindowBits}`,
    clientMaxWindowBits === undefined ? '' : `client_max_window_bits=${clientMaxWindowBits}`,
  ];
  return [`Sec-WebSocket-Extensions: ${parameters.filter((it) => it !== '').join('; ')}`];
}
