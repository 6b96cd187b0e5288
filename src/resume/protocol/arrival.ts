// One connection of a client on a server, before and after it has a session. Before, the client may only send `S`.

import type { Timer } from '../../core/ports.ts';
import { ResumeCloseCode } from './close-codes.ts';
import { isControl, parseControl, type Start } from './control.ts';
import type { Link, LinkPort, Payload, ServerHost } from './ports.ts';
import type { ServerEnd } from './server-end.ts';

export class Arrival implements Link {
  readonly port: LinkPort;
  /** The session, once it has one. */
  end: ServerEnd | undefined;
  isClosed = false;
  readonly #timer: Timer;
  readonly #started: (start: Start) => void;
  #isExpected = true;

  constructor(port: LinkPort, host: ServerHost, started: (start: Start) => void) {
    this.port = port;
    this.#started = started;
    this.#timer = host.clock.timer({ expired: () => this.refuse(ResumeCloseCode.NO_START, 'no S in time') });
  }

  expect(timeout: number): void {
    this.#timer.set(timeout);
  }

  received(data: Payload): void {
    if (this.end) this.end.received(this, data);
    else if (!this.isClosed) this.#first(data);
  }

  alive(): void {
    this.end?.alive(this);
  }

  closed(code: number, reason: string): void {
    this.#timer.clear();
    this.isClosed = true;
    this.end?.closed(this, code, reason);
  }

  refuse(code: number, reason: string): void {
    if (this.isClosed) return;
    this.#timer.clear();
    this.isClosed = true;
    this.port.close(code, reason);
  }

  #first(data: Payload): void {
    const message = typeof data === 'string' && isControl(data) ? parseControl(data) : undefined;
    if (message?.kind === 'ignored' || message?.kind === 'h') return;
    if (message?.kind !== 'S' || !this.#isExpected) {
      const problem =
        message?.kind === 'invalid' ? message.problem : 'the first message is not S, or more came before R';
      this.refuse(ResumeCloseCode.PROTOCOL, problem);
      return;
    }
    this.#isExpected = false;
    this.#timer.clear();
    this.#started(message);
  }
}
