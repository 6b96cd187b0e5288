// The calls that reach every node, of a server that is the only one.

import type { BusHost, CountOfNodes, Listing, NodeInfo, Reach, Selection } from '../bus/seam.ts';
import { webSocketError } from '../core/errors.ts';
import { closePayload } from '../core/frame/close-payload.ts';
import type { MessageData } from '../core/message/message-data.ts';
import { PreparedMessage } from '../core/message/prepared-message.ts';
import { nodeHost } from '../node/environment.ts';

export class Alone implements Reach {
  readonly #host: BusHost;
  readonly #startedAt = nodeHost.clock.wall?.() ?? 0;

  constructor(host: BusHost) {
    this.#host = host;
  }

  async sendTo(id: string, data: MessageData, compress?: boolean): Promise<boolean> {
    const number = numberOf(id);
    return this.#host.send(number, new PreparedMessage(data, nodeHost.text, nodeHost.memory, undefined, compress));
  }

  async closeConnection(id: string, code: number | undefined, reason: string): Promise<boolean> {
    const number = numberOf(id);
    closePayload({ code, reason }, nodeHost.text); // only to be checked
    return this.#host.close(number, code, reason);
  }

  async list({ topic, limit = 10_000 }: Selection): Promise<Listing> {
    return { ...this.#host.list(topic, limit), missing: [] };
  }

  async count({ topic }: Selection): Promise<CountOfNodes> {
    return { count: this.#host.count(topic), missing: [] };
  }

  nodes(): NodeInfo[] {
    const { role, connections } = this.#host;
    return [{ id: '', name: '', role, connections, startedAt: this.#startedAt, isSelf: true }];
  }
}

/** @throws WebSocketError ERR_WS_CONNECTION_ID, ERR_WS_NODE_GONE */
function numberOf(id: unknown): number {
  const match = typeof id === 'string' ? /^(?:([\w-]{1,64})\/)?(\d{1,15})$/.exec(id) : null;
  if (match === null) throw webSocketError('ERR_WS_CONNECTION_ID', id);
  const [, node, number] = match;
  if (node !== undefined) throw webSocketError('ERR_WS_NODE_GONE', node, 'this server has no bus to other nodes');
  return Number(number);
}
