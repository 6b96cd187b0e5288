// A server as its bus sees it: which connections and topics are here, and how messages of other nodes are delivered.

import type { BusHost, ListedConnection, LocalListing } from '../bus/seam.ts';
import { isSendableCloseCode } from '../core/frame/close-payload.ts';
import type { PreparedMessage } from '../core/message/prepared-message.ts';
import type { Connections } from './connections.ts';
import { isProgramTopic } from './ear.ts';
import type { Publisher } from './publisher.ts';
import type { ServerConnection } from './server-connection.ts';

export class ServerHost<Context> implements BusHost {
  readonly role = 'server';
  readonly #connections: Connections<Context>;
  readonly #publisher: Publisher<Context>;

  constructor(connections: Connections<Context>, publisher: Publisher<Context>) {
    this.#connections = connections;
    this.#publisher = publisher;
  }

  get topics(): Iterable<string> {
    return this.#publisher.topics.names;
  }

  get connections(): number {
    return this.#connections.all.size;
  }

  isSubscribed(topic: string): boolean {
    return this.#publisher.topics.count(topic) > 0;
  }

  deliver(topic: string, message: PreparedMessage, except: number | undefined): number {
    const excepted = except === undefined ? undefined : this.#connections.find(except);
    return this.#publisher.deliver(topic, message, excepted);
  }

  broadcast(message: PreparedMessage): number {
    return this.#publisher.broadcastHere(message);
  }

  send(number: number, message: PreparedMessage): boolean {
    const connection = this.#connections.find(number);
    return connection !== undefined && this.#publisher.sendHere(connection, message);
  }

  close(number: number, code: number | undefined, reason: string): boolean {
    const connection = this.#connections.find(number);
    if (connection === undefined || !connection.isOpen) return false;
    // The reason came in a message of the bus, cut by nobody.
    if (code === undefined ? reason !== '' : !isSendableCloseCode(code)) return false;
    try {
      void connection.close(code, reason);
      return true;
    } catch {
      return false;
    }
  }

  count(topic: string | undefined): number {
    return topic === undefined ? this.#connections.all.size : this.#publisher.topics.count(topic);
  }

  list(topic: string | undefined, limit: number): LocalListing {
    const connections: ListedConnection[] = [];
    for (const connection of this.#members(topic)) {
      if (connections.length === limit) break;
      connections.push(this.#listed(connection));
    }
    return { connections, total: this.count(topic) };
  }

  *#members(topic: string | undefined): Generator<ServerConnection<Context>> {
    if (topic === undefined) yield* this.#connections.all;
    else if (!isProgramTopic(topic)) for (const { peer } of this.#publisher.topics.members(topic)) yield peer;
  }

  #listed(connection: ServerConnection<Context>): ListedConnection {
    const { id, url, remoteAddress, subprotocol, openedAt, topics } = connection;
    const node = id.slice(0, Math.max(0, id.lastIndexOf('/')));
    return { id, node, url, remoteAddress, subprotocol, openedAt, topics: [...topics] };
  }
}
