// A handshake as an inspector shows it: the header fields of request and response, without the values that are secrets.

import { hideCredentialsIn } from '../core/credentials.ts';
import { withoutSecrets } from '../observe/shown-fields.ts';
import type { Fields, RecordedHandshake } from './recorded.ts';

/** What is known of a connection, or of a client that was refused. */
export interface ShownClient {
  readonly id: string;
  /** The target of the request. */
  readonly url: string;
  readonly isEncrypted: boolean;
  readonly remoteAddress: string;
  readonly remotePort: number;
  /** Header fields of the request: name, value, …; absent if they are not known any more. */
  readonly requestFields: Fields | undefined;
  readonly status: number;
  readonly statusText: string;
  readonly responseFields: Fields;
}

/** @param time  seconds on the clock of the inspector */
export function shownHandshake(client: ShownClient, time: number, showSecrets: boolean): RecordedHandshake {
  const { id, remoteAddress, remotePort, status, statusText, responseFields } = client;
  const shown = (fields: Fields): Fields => (showSecrets ? fields : withoutSecrets(fields));
  const known = client.requestFields ?? ['(header fields)', 'not known: the connection was there before the inspector'];
  const host = hostIn(known) ?? 'server';
  const url = `${client.isEncrypted ? 'wss' : 'ws'}://${host}${client.url.startsWith('/') ? client.url : `/${client.url}`}`;
  return {
    url: showSecrets ? url : hideCredentialsIn(url),
    time,
    requestFields: ['(client)', addressText(remoteAddress, remotePort), '(connection)', `#${id}`, ...shown(known)],
    status,
    statusText,
    responseFields: shown(responseFields),
  };
}

function hostIn(fields: Fields): string | undefined {
  const at = fields.findIndex((name, index) => index % 2 === 0 && name.toLowerCase() === 'host');
  const host = at < 0 ? undefined : fields[at + 1];
  return host !== undefined && /^[\w.[\]:-]{1,255}$/.test(host) ? host : undefined;
}

function addressText(address: string, port: number): string {
  if (address === '') return 'not known';
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
