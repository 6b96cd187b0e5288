// How a client's session is set up, and what it tells.

import type { ConnectOptions } from '../../client/options.ts';
import type { ReconnectHeaders, ReconnectSettings } from '../../client/reconnect/options.ts';
import type { WebSocketError } from '../../core/errors.ts';
import type { ClientOptions, Expired, Live } from '../protocol/client-events.ts';
import type { EndHost, Returned } from '../protocol/ports.ts';
import type { MessageTaker, ReceivedSettings } from './received-messages.ts';

/** What it tells. None of these may throw. */
export interface ClientSessionEvents {
  connecting(attempt: number): void;
  waiting(delay: number, error: WebSocketError): void;
  /** A connection carries messages. `how`: the first one, the session goes on, or a new session follows a lost one. */
  live(how: 'first' | 'resumed' | 'new', live: Live | undefined): void;
  /** What takes the messages. */
  readonly messages: MessageTaker;
  interrupted(code: number, reason: string): void;
  /** `plain`: the last connection had no session. */
  expired(expiry: Expired | 'plain'): void;
  writable(): void;
  flushed(): void;
  ended(end: SessionEnd): void;
  failed(error: unknown): void;
}

export interface SessionEnd {
  readonly code: number;
  readonly reason: string;
  readonly error: WebSocketError | undefined;
  readonly returned: readonly Returned[];
}

export interface ClientSessionSettings {
  readonly url: () => string | URL | PromiseLike<string | URL>;
  readonly headers: ReconnectHeaders | undefined;
  /** Checked options of each attempt. */
  readonly options: ConnectOptions;
  readonly reconnect: ReconnectSettings;
  readonly protocol: ClientOptions;
  readonly received: ReceivedSettings;
  readonly allowedHosts: readonly string[];
  readonly random: EndHost['random'];
}
