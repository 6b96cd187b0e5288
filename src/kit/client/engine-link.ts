// The link of the kit's client under Node: an engine connection. It reports how the connection is made and how it ends in
// the terms of a session. An open connection of the engine is the link itself.

import type { ClientConnection } from '../../client/client-connection.ts';
import { connect } from '../../client/connect.ts';
import type { ClientHandlers, ConnectOptions } from '../../client/options.ts';
import { WebSocketError } from '../../core/errors.ts';
import { networkClock } from '../../node/network.ts';
import { businessError } from '../business-error.ts';
import { endingOf } from '../close-result.ts';
import { isOwn, reportFailed } from '../own-errors.ts';
import type { ResponseHeaders } from '../types.ts';
import { afterAnswers } from './answers.ts';
import { nameKitOptions } from './engine-wording.ts';
import type { LinkEvents, ReadRequest } from './link.ts';
import { engineOptions, requestOptions, requireCertificateFiles } from './request-options.ts';
import { responseHeaders } from './response-headers.ts';

/** Reads the options of `connect` for the engine. */
export const readEngineRequest: ReadRequest = (given) => {
  const options = requestOptions(given);
  return {
    check: () => requireCertificateFiles(options),
    connect(target, events) {
      const settings = engineOptions(options, target);
      const abort = new AbortController();
      void connectEngine(target.url, { ...settings, signal: abort.signal }, options.pongDeadline, events);
      return () => abort.abort();
    },
  };
};

async function connectEngine(
  url: string,
  options: ConnectOptions & { readonly signal: AbortSignal },
  pongDeadline: number | undefined,
  events: LinkEvents,
): Promise<void> {
  const handlers: ClientHandlers = {
    resolved: () => events.answered(),
    open(connection) {
      const { status, statusText, rawHeaders } = connection.response;
      const headers = (): ResponseHeaders => responseHeaders(rawHeaders);
      events.opened(connection, { status, message: statusText, protocol: connection.subprotocol, headers });
    },
    message: (_connection, data) => events.messageReceived(data),
    // The engine reports a failure at once, and the end when TCP is gone. The kit reports both at the end, when the
    // object is free, so that a listener of either may connect again.
    close: (_connection, event) => events.ended(endingOf(event)),
    failed: reportFailed,
  };
  try {
    await connect(url, {
      ...options,
      handlers: pongDeadline === undefined ? handlers : withPongDeadline(handlers, pongDeadline),
    });
  } catch (error) {
    if (!options.signal.aborted) reportConnectError(events, error);
  }
}

function reportConnectError(events: LinkEvents, error: unknown): void {
  if (error instanceof WebSocketError) nameKitOptions(error);
  const { code, status = 0 } = error instanceof WebSocketError ? error : {};
  if (code === 'ERR_WS_OPTION') {
    // Only the engine could judge this setting, such as a proxy of the environment. It is a bad argument like others.
    events.rejected(businessError('unknown', error));
    return;
  }
  const isNowhere = code === 'ERR_WS_NAME_NOT_RESOLVED';
  events.answered(isNowhere ? businessError('connectFailed', error) : undefined);
  // When the kit itself refused something on the way, such as the host of a redirect, its error is the cause of the
  // engine's.
  const own = error instanceof WebSocketError && isOwn(error.cause) ? error.cause : error;
  afterAnswers(() => events.failed(status, own, isNowhere));
}

/** Kit specification §5, S9: a device whose `pongTimeout` is 0 drops the connection when the next ping would be due. */
function withPongDeadline(handlers: ClientHandlers, milliseconds: number): ClientHandlers {
  let connection: ClientConnection | undefined;
  const timer = networkClock.timer({ expired: () => connection?.terminate() });
  return {
    ...handlers,
    open(opened) {
      connection = opened;
      timer.set(milliseconds);
      handlers.open?.(opened);
    },
    pong: () => timer.set(milliseconds),
    close(closed, event) {
      timer.clear();
      handlers.close?.(closed, event);
    },
  };
}
