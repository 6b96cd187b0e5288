// One `connect` of a client and the connection that it makes. The session turns what its link reports into the events
// of the kit, in the order of kit specification §3.6. The same session serves every link: the engine, and the browser's
// own WebSocket.
//
//   connecting ──opened──▶ open ──close(), peer's Close, loss──▶ ended: [error] close
//    │  │
//    │  └─failed──▶ ended: error
//    └────close()──▶ aborted ──▶ ended: close
//
// "Ended" means that the object is free for another `connect` before the last event is delivered.

import type { Context, Contexts } from '../../core/ports.ts';
import type { BusinessError } from '../business-error.ts';
import { type Ending, startClosing } from '../close-result.ts';
import { type Payload, snapshot } from '../payload.ts';
import type { CloseResult } from '../types.ts';
import { afterAnswers, type PendingCall } from './answers.ts';
import { type ClientEvents, reportEnd, reportFailure, reportMessage, reportOpen } from './client-events.ts';
import type { ConnectRequest, Link, LinkEvents, OpenResponse } from './link.ts';
import type { Target } from './url.ts';

/** The client object: its listeners outlive each session. */
export interface SessionOwner extends ClientEvents {
  /** The session is over, and another may begin. Called before the last event. */
  ended(session: ClientSession): void;
}

type State =
  /** `queue`: messages sent before the opening. */
  | { readonly kind: 'connecting'; readonly queue: Payload[] }
  | { readonly kind: 'aborted' }
  /** `requested`: what the application closed the connection with. */
  | { readonly kind: 'open'; readonly link: Link; requested?: CloseResult };

export class ClientSession implements LinkEvents {
  readonly #owner: SessionOwner;
  readonly #call: PendingCall;
  readonly #contexts: Contexts;
  /** The context of `connect`, in which events are delivered. */
  readonly #context: Context | undefined;
  readonly #abort: () => void;
  #state: State = { kind: 'connecting', queue: [] };

  /**
   * Starts connecting.
   *
   * @param call  the call of `connect`. The session answers it, unless this throws.
   * @throws BusinessError 2302999 for a setting that cannot be used
   */
  constructor(owner: SessionOwner, call: PendingCall, contexts: Contexts, request: ConnectRequest, target: Target) {
    this.#owner = owner;
    this.#call = call;
    this.#contexts = contexts;
    this.#context = contexts.capture();
    this.#abort = request.connect(target, this);
  }

  /** @returns whether the payload was accepted: the connection is open, or in its making */
  send(payload: Payload): boolean {
    const state = this.#state;
    switch (state.kind) {
      case 'open':
        if (state.requested !== undefined || !state.link.isOpen) return false;
        state.link.send(payload);
        return true;
      case 'connecting':
        state.queue.push(snapshot(payload));
        return true;
      case 'aborted':
        return false;
    }
  }

  /** @returns whether closing began with this call; false when either end has begun before */
  close(requested: CloseResult): boolean {
    const state = this.#state;
    switch (state.kind) {
      case 'open':
        if (state.requested !== undefined || !state.link.isOpen) return false;
        state.requested = requested;
        startClosing(state.link, requested);
        return true;
      case 'connecting':
        this.#state = { kind: 'aborted' };
        this.#call.settle();
        this.#abort();
        afterAnswers(() => this.#contexts.run(this.#context, () => this.#end({ result: requested })));
        return true;
      case 'aborted':
        return false;
    }
  }

  answered(error?: BusinessError): void {
    this.#call.settle(error);
  }

  rejected(error: BusinessError): void {
    if (this.#state.kind !== 'connecting') return;
    this.#owner.ended(this);
    this.#call.settle(error);
  }

  opened(link: Link, response: OpenResponse): void {
    const state = this.#state;
    if (state.kind !== 'connecting') return;
    this.#state = { kind: 'open', link };
    for (const payload of state.queue) link.send(payload);
    reportOpen(this.#owner, response);
  }

  messageReceived(data: string | Uint8Array): void {
    reportMessage(this.#owner, data);
  }

  failed(status: number, cause: unknown, isAnswered = false): void {
    // close() may have come in between.
    if (this.#state.kind !== 'connecting') return;
    this.#owner.ended(this);
    reportFailure(this.#owner, status, cause, isAnswered);
  }

  ended(ending: Ending): void {
    const requested = this.#state.kind === 'open' ? this.#state.requested : undefined;
    this.#end(requested === undefined ? ending : { result: requested });
  }

  /** A listener of the last events may connect again, so the object is free before them. */
  #end({ result, failure }: Ending): void {
    this.#owner.ended(this);
    reportEnd(this.#owner, result, failure);
  }
}
