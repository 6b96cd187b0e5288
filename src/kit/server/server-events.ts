// The events of the kit's server and how they reach their listeners: one listener of `on` and one of the ArkTS-static
// name for each event (kit specification §1.10, §1.11).

import {
  type Callback,
  CONNECT_FAILED,
  type ErrorCallback,
  type EventText,
  serverErrorEvent,
} from '../business-error.ts';
import { dropError } from '../dropped-events.ts';
import { type ListenerTable, notify, notifyPair } from '../listeners.ts';
import { deliverable, deliverableCopy } from '../payload.ts';
import type { ClientConnectionCloseCallback, CloseResult, WebSocketConnection, WebSocketMessage } from '../types.ts';
import type { Client } from './connection-table.ts';

export interface ServerListeners {
  connect: Callback<WebSocketConnection>;
  messageReceive: Callback<WebSocketMessage>;
  close: ClientConnectionCloseCallback;
  error: ErrorCallback;
}

/** The listeners of a server object, which outlive `stop`. Each one gets objects of its own. */
export class ServerEvents {
  readonly listeners: ListenerTable<ServerListeners> = {
    connect: undefined,
    messageReceive: undefined,
    close: undefined,
    error: undefined,
  };
  readonly staticListeners: ListenerTable<ServerListeners> = {
    connect: undefined,
    messageReceive: undefined,
    close: undefined,
    error: undefined,
  };

  reportConnect(client: Client): void {
    const { connect } = this.listeners;
    const staticConnect = this.staticListeners.connect;
    if (connect !== undefined) notify(connect, client.address);
    if (staticConnect !== undefined) notify(staticConnect, client.address);
  }

  /** @param data  its bytes become the application's */
  reportMessage(client: Client, data: string | Uint8Array): void {
    const { messageReceive } = this.listeners;
    const staticMessage = this.staticListeners.messageReceive;
    if (staticMessage === undefined) {
      if (messageReceive === undefined) return;
      notify(messageReceive, { clientConnection: client.address, data: deliverable(data) });
      return;
    }
    // Each of the two listeners owns what it gets. The first one may transfer its buffer.
    const second = deliverableCopy(data);
    notify(messageReceive, { clientConnection: client.address, data: deliverable(data) });
    notify(staticMessage, { clientConnection: client.address, data: second });
  }

  reportClose(client: Client, result: CloseResult): void {
    const { close } = this.listeners;
    const staticClose = this.staticListeners.close;
    if (close !== undefined) notifyPair(close, client.address, closeReason(result));
    if (staticClose !== undefined) notifyPair(staticClose, client.address, closeReason(result));
  }

  /** @param cause  its text names the client and the reason */
  reportError(text: EventText, cause: Error): void {
    const { error } = this.listeners;
    const staticError = this.staticListeners.error;
    if (error === undefined && staticError === undefined) {
      // A lost connection is also reported by `close`.
      dropError('WebSocketServer', serverErrorEvent(text, cause), text === CONNECT_FAILED);
      return;
    }
    if (error !== undefined) notify(error, serverErrorEvent(text, cause));
    if (staticError !== undefined) notify(staticError, serverErrorEvent(text, cause));
  }
}

/** A fresh result. Devices have the reason under another name, which can be read here too. */
function closeReason({ code, reason }: CloseResult): CloseResult {
  return Object.defineProperty({ code, reason }, 'closeReason', { value: reason });
}
