// A port that several scripted servers share, as behind one real server: WebSockets of different paths, and plain requests.
// The head of the first request decides who gets the connection.

import { Buffer } from 'node:buffer';
import type { Duplex } from 'node:stream';
import { types } from 'node:util';
import type { ServerTlsOptions } from '../node/tls-options.ts';
import type { Listener, PortShare } from './listener.ts';
import { openStream } from './peer-tls.ts';

/** A head that is longer goes to the server of requests, which refuses it. */
const LONGEST_HEAD = 65536;

const UPGRADE = /^upgrade:[ \t]*websocket/imu;

/** A listener of a scripted server. */
export type SharingListener = Listener & { readonly share: PortShare };

export function isSharing(listener: Listener): listener is SharingListener {
  return listener.share !== undefined;
}

/** Whether two servers can have the same port: they take different requests of it. */
export function canShare(one: Listener, other: Listener): boolean {
  if (!isSharing(one) || !isSharing(other)) return false;
  const { takes, path, tls } = one.share;
  if (takes === other.share.takes && (takes === 'requests' || path === other.share.path)) return false;
  return (tls === undefined) === (other.share.tls === undefined);
}

/** Whether two certificates with their keys have the same contents. */
export function isSameCertificate(one: ServerTlsOptions, other: ServerTlsOptions): boolean {
  const contents = ({ cert, key }: ServerTlsOptions): string =>
    [cert, key]
      .flat()
      .map((part) => (types.isUint8Array(part) ? Buffer.from(part).toString('latin1') : String(part)))
      .join('\0');
  return contents(one) === contents(other);
}

/** Returns a listener that passes each connection to one of several. @param listeners  at least one */
export function sharedListener(listeners: readonly SharingListener[]): Listener {
  const [first] = listeners as [SharingListener];
  if (listeners.length === 1) return first;
  return {
    ...first,
    allowHalfOpen: true,
    accept(tcp) {
      openStream(tcp, first.share.tls, (stream) =>
        readHead(stream, (head) => {
          const { context, share } = takerOf(head, listeners);
          context.runInAsyncScope(share.accept, share, tcp, stream);
        }),
      );
    },
  };
}

/** The server that a request is for: one of its path, one of all paths, or any, which then refuses it. */
function takerOf(head: string, listeners: readonly SharingListener[]): SharingListener {
  const kind = UPGRADE.test(head) ? 'upgrades' : 'requests';
  const path = head.split(' ', 2)[1]?.split('?', 1)[0];
  const ofKind = listeners.filter(({ share }) => share.takes === kind);
  const able = ofKind.length > 0 ? ofKind : listeners;
  return (
    able.find(({ share }) => share.path === path) ?? able.find(({ share }) => share.path === undefined) ?? able[0]!
  );
}

/** Passes on the first head of a stream, as far as it arrives. All bytes stay unread. */
function readHead(stream: Duplex, arrived: (head: string) => void): void {
  let bytes: Buffer = Buffer.alloc(0);
  const isWhole = () => bytes.includes('\r\n\r\n') || bytes.length > LONGEST_HEAD;
  const read = (): void => {
    for (let chunk = stream.read() as Buffer | null; chunk !== null; chunk = stream.read() as Buffer | null) {
      bytes = Buffer.concat([bytes, chunk]);
    }
    if (!isWhole()) return;
    stream.off('readable', read).off('end', ended).off('error', failed);
    stream.unshift(bytes);
    arrived(bytes.toString('latin1').split('\r\n\r\n', 1)[0]!);
  };
  const ended = (): void => void stream.end();
  const failed = (): void => void stream.destroy();
  stream.on('readable', read).on('end', ended).on('error', failed);
}
