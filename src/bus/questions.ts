// What this node has asked others, until they have answered, are gone, or the time is over.

import { type WebSocketError, webSocketError } from '../core/errors.ts';
import type { Timer } from '../core/ports.ts';
import { nodeHost } from '../node/environment.ts';
import type { Answer } from './control.ts';
import type { CountOfNodes, ListedConnection, Listing, NodeInfo } from './seam.ts';

/** Waits for something. */
interface Pending {
  /** @param body  of the answer. @param node  who has sent it */
  answered(node: string, body: Uint8Array): void;
  /** Of a node that nothing will come from. */
  gone(node: string, error: WebSocketError): void;
  late(): void;
  /** The bus is lost. */
  lost(error: WebSocketError): void;
}

export class Questions {
  readonly #pending = new Map<number, { readonly asked: Pending; readonly timer: Timer }>();

  /** @param number  of the envelope that asks */
  add(number: number, asked: Pending, deadline: number): void {
    const late = (): void => {
      if (this.#pending.delete(number)) asked.late();
    };
    const timer = nodeHost.clock.timer({ expired: late });
    this.#pending.set(number, { asked, timer });
    timer.set(deadline);
  }

  answered(number: number, node: string, body: Uint8Array): void {
    this.#pending.get(number)?.asked.answered(node, body);
  }

  gone(node: string, error: WebSocketError): void {
    for (const { asked } of [...this.#pending.values()]) asked.gone(node, error);
  }

  lost(error: WebSocketError): void {
    for (const { asked } of [...this.#pending.values()]) asked.lost(error);
  }

  done(number: number): void {
    this.#pending.get(number)?.timer.clear();
    this.#pending.delete(number);
  }

  /** Nothing will come any more. */
  close(): void {
    const all = [...this.#pending.values()];
    this.#pending.clear();
    for (const { asked, timer } of all) {
      timer.clear();
      asked.late();
    }
  }
}

/** A question to one node that answers yes or no, in one byte. */
export class AskedOne implements Pending {
  readonly promise: Promise<boolean>;
  readonly #node: string;
  readonly #silent: () => WebSocketError;
  readonly #done: () => void;
  #resolve!: (answer: boolean) => void;
  #reject!: (error: WebSocketError) => void;

  constructor(node: string, deadline: number, done: () => void) {
    this.#node = node;
    this.#silent = () => webSocketError('ERR_WS_NODE_SILENT', node, deadline);
    this.#done = done;
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  answered(node: string, body: Uint8Array): void {
    if (node !== this.#node || body.length !== 1) return;
    this.#done();
    this.#resolve(body[0] === 1);
  }

  gone(node: string, error: WebSocketError): void {
    if (node !== this.#node) return;
    this.#done();
    this.#reject(error);
  }

  late(): void {
    this.#reject(this.#silent());
  }

  lost(error: WebSocketError): void {
    this.#done();
    this.#reject(error);
  }
}

/** A question to one node that answers with some bytes. */
export class AskedForBytes implements Pending {
  /** `undefined`: no answer. */
  readonly promise: Promise<Uint8Array | undefined>;
  readonly #node: string;
  readonly #done: () => void;
  #resolve!: (answer: Uint8Array | undefined) => void;

  constructor(node: string, done: () => void) {
    this.#node = node;
    this.#done = done;
    this.promise = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  answered(node: string, body: Uint8Array): void {
    if (node !== this.#node) return;
    this.#done();
    this.#resolve(body);
  }

  gone(node: string): void {
    if (node === this.#node) this.lost();
  }

  late(): void {
    this.#resolve(undefined);
  }

  lost(): void {
    this.#done();
    this.#resolve(undefined);
  }
}

/** A question to all servers. */
export class AskedAll implements Pending {
  readonly promise: Promise<Listing & CountOfNodes>;
  readonly #waiting: Map<string, NodeInfo>;
  readonly #missing: NodeInfo[] = [];
  readonly #connections: ListedConnection[] = [];
  /** The most connections that are kept, of all nodes. */
  readonly #bound: number;
  readonly #read: (body: Uint8Array, node: string) => Answer | undefined;
  readonly #done: () => void;
  #total = 0;
  #resolve!: (result: Listing & CountOfNodes) => void;

  /** @param nodes  those that must answer. @param own  what this node has itself */
  constructor(
    nodes: readonly NodeInfo[],
    own: { readonly connections: readonly ListedConnection[]; readonly total: number },
    limit: number,
    read: (body: Uint8Array, node: string) => Answer | undefined,
    done: () => void,
  ) {
    this.#waiting = new Map(nodes.map((node) => [node.id, node]));
    this.#read = read;
    this.#done = done;
    this.#bound = limit * (nodes.length + 1);
    this.#take(own);
    this.promise = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    this.#settle();
  }

  get isDone(): boolean {
    return this.#waiting.size === 0;
  }

  answered(node: string, body: Uint8Array): void {
    if (!this.#waiting.has(node)) return;
    const answer = this.#read(body, node);
    if (answer === undefined) return;
    this.#take(answer);
    if (answer.isLast) this.#waiting.delete(node);
    this.#settle();
  }

  gone(node: string): void {
    this.#miss(node);
    this.#settle();
  }

  late(): void {
    for (const node of [...this.#waiting.keys()]) this.#miss(node);
    this.#settle();
  }

  lost(): void {
    this.late();
  }

  #take({ connections, total }: { readonly connections: readonly ListedConnection[]; readonly total: number }): void {
    this.#total += total;
    for (const connection of connections) {
      if (this.#connections.length >= this.#bound) return;
      this.#connections.push(connection);
    }
  }

  #miss(id: string): void {
    const node = this.#waiting.get(id);
    if (node === undefined) return;
    this.#waiting.delete(id);
    this.#missing.push(node);
  }

  #settle(): void {
    if (this.#waiting.size > 0) return;
    this.#done();
    this.#resolve({
      connections: this.#connections,
      total: this.#total,
      count: this.#total,
      missing: this.#missing,
    });
  }
}
