// What a user may say of a connection. complete-settings.ts checks it and fills in the defaults.

import type { CompressionSettings } from '../extension/compression-settings.ts';
import type { Heartbeat } from './heartbeat.ts';
import type { Limits } from './limits.ts';
import type { SlowConsumerPolicy } from './slow-consumer.ts';

/** Some of the options of an object. `undefined` is the same as absent, also with `exactOptionalPropertyTypes`. */
export type Some<Options> = { readonly [Name in keyof Options]?: Options[Name] | undefined };

/** What a user may say of a connection; absent means the default. */
export interface ConnectionSettings {
  limits?: Some<Limits> | undefined;
  /** `false`: no pings. Absent parts take the defaults of 30,000 ms each. */
  heartbeat?: Some<Heartbeat> | false | undefined;
  closeTimeout?: number | undefined;
  /** See {@link ConnectionOptions.idleTimeout}. Milliseconds (in uWebSockets.js seconds); default 0: no bound. */
  idleTimeout?: number | undefined;
  /** Milliseconds (in uWebSockets.js minutes) from the opening to a close with 1001. Default 0: no bound. */
  maxLifetime?: number | undefined;
  /** See {@link ConnectionOptions.messageTimeout}. Milliseconds; default 60,000; 0: no bound. */
  messageTimeout?: number | undefined;
  /** What to do with a peer that reads too slowly, see {@link SlowConsumerPolicy}. Default `'close'`. */
  slowConsumer?: SlowConsumerPolicy | undefined;
  highWaterMark?: number | undefined;
  /**
   * permessage-deflate (RFC 7692): a client offers it, a server accepts it. Default false. It costs time for each
   * message, and with context takeover some 300 KiB for each connection that has sent and received.
   */
  compression?: boolean | CompressionSettings | undefined;
}
