// One connection below a session, as the protocol sends on it.

import type { ClientConnection } from '../../client/client-connection.ts';
import { fitCloseReason, isSendableCloseCode } from '../../core/frame/close-payload.ts';
import type { SendOptions } from '../../core/message/send-options.ts';
import { nodeText } from '../../node/text.ts';
import type { LinkPort, Payload } from '../protocol/ports.ts';

/** A token must not be compressed with other data: its compressed size would tell of it. */
const UNCOMPRESSED: SendOptions = { compress: false };

export class ClientCarrier implements LinkPort {
  readonly connection: ClientConnection;

  constructor(connection: ClientConnection) {
    this.connection = connection;
  }

  control(text: string): void {
    this.connection.send(text, UNCOMPRESSED);
  }

  /** @param attachment  the options of `send`, or nothing */
  data(data: Payload, attachment: unknown): void {
    this.connection.send(data, attachment as SendOptions | undefined);
  }

  close(code: number, reason: string): void {
    if (isSendableCloseCode(code)) void this.connection.close(code, fitCloseReason(reason, nodeText));
    else void this.connection.close();
  }

  abandon(): void {
    this.connection.terminate();
  }
}
