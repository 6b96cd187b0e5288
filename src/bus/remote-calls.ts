// Calls that go to one connection of any node, or to all nodes, on both sides: what this node asks, and what it is asked.

import { Buffer } from 'node:buffer';
import { type WebSocketError, webSocketError } from '../core/errors.ts';
import { closePayload } from '../core/frame/close-payload.ts';
import type { MessageData } from '../core/message/message-data.ts';
import { PreparedMessage } from '../core/message/prepared-message.ts';
import { nodeHost } from '../node/environment.ts';
import type { Channels } from './channels.ts';
import { bodyOf, partsOfId, partsOfList, readAnswer, readQuestion } from './control.ts';
import type { Directory } from './directory.ts';
import { type Envelope, type EnvelopeWriter, type Head, Kind } from './envelope.ts';
import { type Handovers, KEPT_FOR, readHandedOver } from './handovers.ts';
import { AskedAll, AskedForBytes, AskedOne, Questions } from './questions.ts';
import type { BusHost, CountOfNodes, HandedOver, Listing, Selection } from './seam.ts';

/** Lists that a node makes for others in one `liveness`: each costs a pass over all of its connections. */
const LISTS_PER_BEAT = 100;
/** Connections of one node in a list. */
export const DEFAULT_LIMIT = 10_000;
/** Bytes of the number of a question, at the start of each answer. */
const NUMBER_SIZE = 6;
/**
 * Milliseconds until a node hands over what it has for a session: brokers of several servers may bring the question before a message
 * that was published earlier.
 */
const HANDOVER_DELAY = 50;

/** What is needed of the node. */
export interface CallsOwner {
  readonly host: BusHost;
  readonly handovers: Handovers;
  readonly id: string;
  readonly deadline: number;
  readonly directory: Directory;
  readonly writer: EnvelopeWriter;
  readonly channels: Channels;
  /** What is counted. */
  readonly questions: { asked: number; unanswered: number };
  checkSize(head: Head, data: MessageData): { size: number; payload: number };
  post(channel: string, envelope: Uint8Array): boolean;
  /** Why the bus cannot be used. Absent: it can. */
  unusable(): WebSocketError | undefined;
  /** The driver did not take a question. */
  unsent(): WebSocketError;
  /** Whether other nodes may not have been heard yet. */
  isNew(): boolean;
  /** Settles when that is over, or after so many milliseconds. */
  untilHeard(timeout: number): Promise<void>;
}

export class RemoteCalls {
  readonly #owner: CallsOwner;
  readonly #questions = new Questions();
  #lists = 0;

  constructor(owner: CallsOwner) {
    this.#owner = owner;
  }

  async sendTo(id: unknown, data: MessageData, compress?: boolean): Promise<boolean> {
    const { node, number } = partsOf(id);
    const { host, writer } = this.#owner;
    if (node === this.#owner.id) {
      return host.send(number, new PreparedMessage(data, nodeHost.text, nodeHost.memory, undefined, compress));
    }
    const head: Head = { kind: Kind.send, topic: '', except: id as string, compress };
    const { size, payload } = this.#owner.checkSize(head, data);
    this.#checkNode(node);
    return this.#askOne(node, writer.message(head, data, size, payload).envelope);
  }

  async closeConnection(id: unknown, code: number | undefined, reason: string): Promise<boolean> {
    const { node, number } = partsOf(id);
    const body = closePayload({ code, reason }, nodeHost.text);
    if (node === this.#owner.id) return this.#owner.host.close(number, code, reason);
    this.#checkNode(node);
    const head: Head = { kind: Kind.close, topic: '', except: id as string };
    return this.#askOne(node, this.#owner.writer.control(head, body));
  }

  async list({ topic, timeout, limit = DEFAULT_LIMIT }: Selection): Promise<Listing> {
    const { connections, total, missing } = await this.#askAll('list', topic, timeout, limit);
    return { connections, total, missing };
  }

  async count({ topic, timeout }: Selection): Promise<CountOfNodes> {
    const { count, missing } = await this.#askAll('count', topic, timeout, 0);
    return { count, missing };
  }

  /** What a node has for a session that has come from it. @returns `undefined`: it is gone, or does not know */
  async handover(node: string, session: string): Promise<HandedOver | undefined> {
    const { directory, questions, channels, writer } = this.#owner;
    if (directory.get(node) === undefined) return undefined;
    const body = bodyOf({ what: 'handover', limit: 0, session });
    const envelope = writer.control({ kind: Kind.ask, topic: '', except: '' }, body);
    const number = writer.lastNumber;
    const asked = new AskedForBytes(node, () => this.#questions.done(number));
    questions.asked++;
    this.#questions.add(number, asked, KEPT_FOR);
    if (!this.#owner.post(channels.node(node), envelope)) asked.lost();
    const answer = await asked.promise;
    if (answer === undefined) questions.unanswered++;
    return answer && readHandedOver(answer);
  }

  /** A node is gone: nothing will come from it. */
  gone(node: string, error: WebSocketError): void {
    this.#questions.gone(node, error);
  }

  lost(error: WebSocketError): void {
    this.#questions.lost(error);
  }

  beat(): void {
    this.#lists = 0;
  }

  close(): void {
    this.#questions.close();
  }

  /** An envelope that asks or answers. @param node  who has sent it. @returns whether it has its form */
  take(envelope: Envelope, node: string): boolean {
    const { kind } = envelope;
    if (kind === Kind.answer) return this.#answered(envelope, node);
    if (kind === Kind.ask) return this.#asked(envelope, node);
    const target = partsOfId(envelope.except);
    if (target === undefined) return false;
    if (target.node !== this.#owner.id) return true; // of a process that had this name's channel
    return kind === Kind.send ? this.#send(envelope, node, target.number) : this.#close(envelope, node, target.number);
  }

  #send(envelope: Envelope, node: string, number: number): boolean {
    const { frame, compress } = envelope;
    if (frame === undefined) return false;
    const message = new PreparedMessage(frame, nodeHost.text, nodeHost.memory, undefined, compress);
    const isSent = this.#owner.host.send(number, message);
    this.#answer(node, envelope.number, Uint8Array.of(Number(isSent)));
    return true;
  }

  #close(envelope: Envelope, node: string, number: number): boolean {
    const { body } = envelope;
    if (body.length === 1 || body.length > 125) return false;
    const code = body.length === 0 ? undefined : (body[0] as number) * 256 + (body[1] as number);
    const reason = Buffer.from(body.subarray(2)).toString();
    this.#answer(node, envelope.number, Uint8Array.of(Number(this.#owner.host.close(number, code, reason))));
    return true;
  }

  #asked(envelope: Envelope, node: string): boolean {
    const question = readQuestion(envelope.body);
    if (question === undefined) return false;
    const { host } = this.#owner;
    if (host.role !== 'server') return true;
    const { what, topic, limit, session } = question;
    if (what === 'handover') {
      const { number } = envelope;
      const handOver = (): void => this.#answer(node, number, this.#owner.handovers.take(session) ?? new Uint8Array(0));
      nodeHost.clock.timer({ expired: handOver }).set(HANDOVER_DELAY);
      return true;
    }
    if (what === 'count') {
      this.#answer(node, envelope.number, bodyOf({ total: host.count(topic), connections: [], isLast: true }));
      return true;
    }
    if (++this.#lists > LISTS_PER_BEAT) return true;
    const { connections, total } = host.list(topic, limit);
    const parts = [...partsOfList(connections)];
    for (const [at, part] of parts.entries()) {
      const body = bodyOf({ total: at === 0 ? total : 0, connections: part, isLast: at === parts.length - 1 });
      this.#answer(node, envelope.number, body);
    }
    return true;
  }

  #answered(envelope: Envelope, node: string): boolean {
    const { body } = envelope;
    if (body.length < NUMBER_SIZE) return false;
    const number = Buffer.from(body.buffer, body.byteOffset).readUIntBE(0, NUMBER_SIZE);
    this.#questions.answered(number, node, body.subarray(NUMBER_SIZE));
    return true;
  }

  #answer(node: string, number: number, answer: Uint8Array): void {
    const body = Buffer.allocUnsafe(NUMBER_SIZE + answer.length);
    body.writeUIntBE(number, 0, NUMBER_SIZE);
    body.set(answer, NUMBER_SIZE);
    const { channels, writer } = this.#owner;
    this.#owner.post(channels.node(node), writer.control({ kind: Kind.answer, topic: '', except: '' }, body));
  }

  /** @throws WebSocketError ERR_WS_BUS_LOST, ERR_WS_NODE_GONE */
  #checkNode(node: string): void {
    const problem = this.#owner.unusable();
    if (problem !== undefined) throw problem;
    const { directory } = this.#owner;
    if (directory.get(node) !== undefined || this.#owner.isNew()) return;
    throw webSocketError(
      'ERR_WS_NODE_GONE',
      node,
      `it is not among the ${directory.size} other nodes that are heard here`,
    );
  }

  async #askOne(node: string, envelope: Uint8Array): Promise<boolean> {
    const { deadline, questions, channels, writer } = this.#owner;
    const number = writer.lastNumber;
    const asked = new AskedOne(node, deadline, () => this.#questions.done(number));
    questions.asked++;
    this.#questions.add(number, asked, deadline);
    if (!this.#owner.post(channels.node(node), envelope)) {
      asked.lost(this.#owner.unusable() ?? this.#owner.unsent());
    }
    try {
      return await asked.promise;
    } catch (error) {
      questions.unanswered++;
      throw error;
    }
  }

  /**
   * A program that publishes asks as soon as it is ready, and has nothing of its own to answer with: it waits until the others have been
   * heard, or it would be told that there is nobody.
   *
   * @throws WebSocketError ERR_WS_BUS_LOST
   */
  async #knowNodes(timeout: number): Promise<void> {
    const { directory } = this.#owner;
    const problem = this.#owner.unusable();
    if (problem !== undefined && directory.size === 0) throw problem;
    if (problem === undefined && this.#owner.isNew()) await this.#owner.untilHeard(timeout);
  }

  async #askAll(
    what: 'count' | 'list',
    topic: string | undefined,
    timeout: number | undefined,
    limit: number,
  ): Promise<Listing & CountOfNodes> {
    const { host, directory, writer, channels, questions, deadline } = this.#owner;
    if (host.role === 'publisher') await this.#knowNodes(timeout ?? deadline);
    const own = what === 'list' ? host.list(topic, limit) : { connections: [], total: host.count(topic) };
    const nodes = directory.all.filter(({ role }) => role === 'server');
    const envelope = writer.control({ kind: Kind.ask, topic: '', except: '' }, bodyOf({ what, topic, limit }));
    const number = writer.lastNumber;
    const asked = new AskedAll(nodes, own, limit, readAnswer, () => this.#questions.done(number));
    // Without other nodes the answer is in a later turn, too: a loop that waits for the first one must let it come.
    if (asked.isDone) await new Promise((resolve) => setImmediate(resolve));
    else {
      questions.asked++;
      this.#questions.add(number, asked, timeout ?? deadline);
      if (!this.#owner.post(channels.nodes, envelope)) asked.late();
    }
    const result = await asked.promise;
    questions.unanswered += result.missing.length;
    return result;
  }
}

/** @throws WebSocketError ERR_WS_CONNECTION_ID */
function partsOf(id: unknown): { readonly node: string; readonly number: number } {
  const parts = typeof id === 'string' ? partsOfId(id) : undefined;
  if (parts === undefined) throw webSocketError('ERR_WS_CONNECTION_ID', id);
  return parts;
}
