// One connection below a session: what the protocol sends goes to its machine, and what arrives goes to the protocol. The
// application never sees it.

import type { CloseEvent } from '../../core/connection/close-event.ts';
import type { ConnectionHandlers } from '../../core/connection/handlers.ts';
import { ConnectionMachine } from '../../core/connection/machine.ts';
import { sendMessage, sendMessageAs } from '../../core/connection/sending.ts';
import { Opcode } from '../../core/constants.ts';
import { fitCloseReason } from '../../core/frame/close-payload.ts';
import { PreparedMessage } from '../../core/message/prepared-message.ts';
import type { SendOptions } from '../../core/message/send-options.ts';
import { nodeHost, nodeWorkspace } from '../../node/environment.ts';
import type { ServerConnection } from '../../server/server-connection.ts';
import type { SessionHandshake } from '../../server/session-seam.ts';
import { ResumeCloseCode } from '../protocol/close-codes.ts';
import { isControl } from '../protocol/control.ts';
import type { Link, LinkPort, Payload } from '../protocol/ports.ts';
import type { Terms } from './terms.ts';

/** What came along with a message: a frame that many connections send, or how one connection is to send it. */
export type Attachment = PreparedMessage | SendOptions | undefined;

const UNCOMPRESSED: SendOptions = { compress: false };

/** What a carrier tells. */
export interface CarrierOwner<Context> {
  /** A message has arrived and was counted, acknowledged or handed on. */
  served(carrier: Carrier<Context>): void;
  /** The one whose machine has this peer. */
  carrierOf(connection: ServerConnection<Context>): Carrier<Context> | undefined;
  closed(carrier: Carrier<Context>, event: CloseEvent): void;
  pinged(carrier: Carrier<Context>, opcode: number, payload: Uint8Array): void;
}

export class Carrier<Context> implements LinkPort {
  readonly handshake: SessionHandshake<Context>;
  readonly machine: ConnectionMachine<ServerConnection<Context>>;
  /** Whose sessions its client may have. */
  readonly bind: string;
  readonly terms: Terms;
  /** The protocol's view of it. Set before anything arrives. */
  link: Link | undefined;

  constructor(
    transport: ConstructorParameters<typeof ConnectionMachine>[1],
    terms: Terms,
    handlers: ConnectionHandlers<ServerConnection<Context>>,
    handshake: SessionHandshake<Context>,
    bind: string,
  ) {
    this.handshake = handshake;
    this.bind = bind;
    this.terms = terms;
    this.machine = new ConnectionMachine(nodeWorkspace, transport, terms.carrier, handlers, handshake.compression);
  }

  control(text: string): void {
    sendMessageAs(this.machine, text, UNCOMPRESSED, undefined);
  }

  data(data: Payload, attachment: unknown): void {
    const how = attachment as Attachment;
    if (how instanceof PreparedMessage) this.machine.sendPrepared(how);
    else if (how === undefined) sendMessage(this.machine, data, undefined);
    else sendMessageAs(this.machine, data, how, undefined);
  }

  close(code: number, reason: string): void {
    void this.machine.closeByApplication(code, fitCloseReason(reason, nodeHost.text));
  }

  abandon(): void {
    this.machine.terminate();
  }
}

/** The handlers of all carriers of a server. */
export function carrierHandlers<Context>(owner: CarrierOwner<Context>): ConnectionHandlers<ServerConnection<Context>> {
  const pinged = (connection: ServerConnection<Context>, opcode: number, payload: Uint8Array): void => {
    const carrier = owner.carrierOf(connection);
    if (carrier !== undefined) owner.pinged(carrier, opcode, payload);
  };
  return {
    message(connection, data, _isBinary, fragments) {
      const carrier = owner.carrierOf(connection);
      if (carrier === undefined) return;
      // A control message in several frames could be cut anywhere by whatever passes it on.
      if (fragments !== undefined && typeof data === 'string' && isControl(data)) {
        carrier.close(ResumeCloseCode.PROTOCOL, 'a control message came in fragments');
        return;
      }
      carrier.link?.received(data);
      owner.served(carrier);
    },
    ping: (connection, payload) => pinged(connection, Opcode.ping, payload),
    pong: (connection, payload) => pinged(connection, Opcode.pong, payload),
    close(connection, event) {
      const carrier = owner.carrierOf(connection);
      if (carrier === undefined) return;
      carrier.handshake.slot.leave();
      carrier.link?.closed(event.code, event.reason);
      owner.closed(carrier, event);
    },
  };
}
