// What a client asks for its session with: id and token, or the nonce of one that begins; and whether the answer fits what it counts.

import type { Random } from '../../core/ports.ts';
import type { ClientOptions } from './client-events.ts';
import { formatStart, type Ready, VERSION } from './control.ts';
import type { Conversation } from './conversation.ts';
import { randomName } from './names.ts';

export class SessionClaim {
  readonly #options: Pick<ClientOptions, 'limits' | 'startsAnew'>;
  readonly #random: Random;
  #session: { readonly id: string; readonly token: string } | undefined;
  #nonce: string;
  /** `S` that were sent. */
  #attempt = 0;

  constructor(options: Pick<ClientOptions, 'limits' | 'startsAnew'>, random: Random) {
    this.#options = options;
    this.#random = random;
    this.#nonce = randomName(random, 16);
  }

  /** Of the session, not secret. `undefined`: there is none. */
  get id(): string | undefined {
    return this.#session?.id;
  }

  /** The text of `S` for one more attempt. @param received  number of the last message that this end holds or has handled */
  start(received: number): string {
    const session = this.#session;
    return formatStart({
      version: VERSION,
      limits: this.#options.limits,
      attempt: ++this.#attempt,
      nonce: session && !this.#options.startsAnew ? undefined : this.#nonce,
      resume: session && { ...session, received },
    });
  }

  granted({ id, token }: Ready): void {
    this.#session = { id, token };
    this.#nonce = randomName(this.#random, 16);
  }

  forget(): void {
    this.#session = undefined;
  }
}

/** How the counts of the server differ from those of this end; `undefined`: they do not. */
export function differenceOf(
  { received, lost }: Ready,
  { outbound, inbound }: Pick<Conversation, 'outbound' | 'inbound'>,
): string | undefined {
  // The server has forgotten what it had acknowledged, and nobody holds that any more: the session is of no use.
  if (received < outbound.acknowledged || received > outbound.sent)
    return `server has ${received}, not ${outbound.acknowledged} to ${outbound.sent}`;
  if (lost && lost[0] !== inbound.received + 1) return `lost from ${lost[0]}, received ${inbound.received}`;
  return undefined;
}
