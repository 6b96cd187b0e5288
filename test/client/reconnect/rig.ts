// A client that comes back on a network in memory, with a clock that the test moves and chances that it sets, and a list of
// all that the client tells.

import { nodeReconnectPorts, type ReconnectPorts } from '../../../src/client/reconnect/ports.ts';
import { connectAgain } from '../../../src/client/reconnect/reconnecting-connection.ts';
import type {
  ClientConnection,
  ReconnectingConnection,
  ReconnectOptions,
  ReconnectUrl,
} from '../../../src/engine/index.ts';
import type { Scope } from '../../support/handles.ts';

/** Ports with the middle of all chances, unless told. */
export function ports(random: () => number = () => 0.5): ReconnectPorts {
  return { ...nodeReconnectPorts, random, wallClock: () => Date.UTC(2026, 0, 1) };
}

export interface Told {
  readonly client: ReconnectingConnection;
  /** One line for each event, in order. */
  readonly log: string[];
}

export function begin(
  scope: Pick<Scope, 'defer'>,
  url: ReconnectUrl,
  options: Partial<ReconnectOptions> = {},
  given: ReconnectPorts = ports(),
): Told {
  const log: string[] = [];
  const { handlers = {} } = options;
  const client = connectAgain(
    url,
    {
      reconnect: true,
      ...options,
      handlers: {
        ...handlers,
        connecting: (attempt) => void log.push(`connecting ${attempt}`),
        open(connection: ClientConnection) {
          log.push('open');
          return handlers.open?.(connection);
        },
        message: (_connection, data) => void log.push(`message ${data}`),
        close: (_connection, { code }) => void log.push(`close ${code}`),
        waiting: (delay, error) => void log.push(`waiting ${delay} ${error.code}`),
        gaveUp: (error, unsent) => {
          const cause = error.cause as { code?: string } | undefined;
          log.push(`gave up ${error.code} ${cause?.code ?? ''} ${unsent.map(({ data }) => data).join(',')}`.trim());
        },
      },
    },
    given,
  );
  scope.defer(() => client.terminate());
  return { client, log };
}
