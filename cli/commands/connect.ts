// `harmony-websocket connect`: a WebSocket client for people and for pipes. The exit code tells how it ended.

import { type ClientConnection, type CloseEvent, connect, WebSocketError } from 'harmony-websocket/engine';
import { parseArguments, parseInteger } from '../arguments.ts';
import { describeClose } from '../close-codes.ts';
import { type BinaryMode, binaryModes, Conversation } from '../conversation.ts';
import { CommandError, ExitCode, UsageError } from '../exit.ts';
import { lineHelp } from '../line.ts';
import { Output, previewBytes, visible } from '../output.ts';
import { readKeyPair, readPem } from '../pem.ts';
import { onInterrupt } from '../signals.ts';

export const connectHelp = `harmony-websocket connect: a WebSocket client; lines in, messages out

Each line of standard input is sent as a text message. Messages go to standard output, one line each;
everything else (connected, closed, errors) goes to standard error, so that the command works in a pipe.

Usage
  harmony-websocket connect URL [options]

URL is ws://… or wss://…

Options
  --header 'NAME: VALUE'  a further request header; may be repeated
  --subprotocol NAME      a subprotocol to offer; may be repeated, in order of preference
  --ca FILE               trust these certificate authorities (PEM) in place of the system's
  --cert FILE             identify with this client certificate (PEM) …
  --key FILE              … and its private key (PEM, not encrypted)
  --insecure              do not verify the server's certificate
  --compress              offer compression (permessage-deflate); what was agreed shows when it connects
  --timeout MS            milliseconds for the connection to open, 0 for no bound (default 10000)
  --binary MODE           print binary messages as: preview (size and first bytes, the default),
                          hex or base64 (a line each), raw (the bytes alone)
  --wait MS               after the end of piped input, close when no message has come for this long;
                          0: at once, "forever": when the peer closes (default 1000)
  --commands              take the commands below from piped input too, where every line is a message otherwise
  -h, --help              this text

Commands, at a terminal
${lineHelp}

The proxies of the environment (HTTPS_PROXY, HTTP_PROXY, NO_PROXY) are used, except for this machine itself.
Ctrl-C or Ctrl-D closes (1000) and ends; a second Ctrl-C ends at once.

Examples
  harmony-websocket connect ws://127.0.0.1:8080/
  echo hello | harmony-websocket connect ws://127.0.0.1:8080/
  harmony-websocket connect wss://host/feed --header 'Authorization: Bearer …' --wait forever < /dev/null
  harmony-websocket connect wss://127.0.0.1:8443/ --ca ca.pem --subprotocol chat

Exit codes
  0    closed by us, or by the peer with 1000, 1001 or no code
  1    could not connect, or the connection was lost or failed
  2    the command line was not understood
  3    closed by the peer with another code
  130  interrupted before the connection opened, or ended by a second Ctrl-C
`;

const MAX_DELAY = 2 ** 31 - 1;

/** Runs to the end of the connection; answers with the exit code. */
export async function connectCommand(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArguments(
    args,
    {
      header: { type: 'string', multiple: true, default: [] },
      subprotocol: { type: 'string', multiple: true, default: [] },
      ca: { type: 'string' },
      cert: { type: 'string' },
      key: { type: 'string' },
      insecure: { type: 'boolean', default: false },
      compress: { type: 'boolean', default: false },
      timeout: { type: 'string', default: '10000' },
      binary: { type: 'string', default: 'preview' },
      wait: { type: 'string', default: '1000' },
      commands: { type: 'boolean', default: false },
    },
    ['URL'],
  );
  const [url] = positionals;
  if (url === undefined)
    throw new UsageError('connect needs the URL to connect to, as in: connect ws://127.0.0.1:8080/');
  const binary = parseBinaryMode(values.binary);
  const wait = values.wait === 'forever' ? Infinity : parseInteger('--wait', values.wait, 0, MAX_DELAY);
  const pair = readKeyPair(values.cert, values.key);
  const tls = {
    ...pair,
    ...(values.ca === undefined ? {} : { ca: readPem('--ca', values.ca, 'CERTIFICATE') }),
    ...(values.insecure ? { rejectUnauthorized: false } : {}),
  };
  const options = {
    headers: values.header.map(parseHeader),
    subprotocols: values.subprotocol,
    compression: values.compress,
    handshakeTimeout: parseInteger('--timeout', values.timeout, 0, MAX_DELAY),
    tls,
  };

  let conversation: Conversation | undefined;
  const attempt = new AbortController();
  const ignore = onInterrupt(
    () => (conversation === undefined ? attempt.abort() : conversation.close()),
    () => process.exit(ExitCode.interrupted),
  );
  try {
    const connection = await connect(url, {
      ...options,
      proxy: isThisMachine(url) ? 'none' : 'system',
      signal: attempt.signal,
      handlers: {
        ping: (_, payload) => conversation?.notice(`ping ${previewBytes(payload, 40)}`.trimEnd()),
        pong: (_, payload) => conversation?.ponged(payload),
      },
    });
    conversation = new Conversation(connection, { binary, wait, commands: values.commands });
    conversation.notice(describeOpening(connection, values));
    const event = await conversation.run();
    // From here, not from an `error` handler: the peer may break the protocol in the packet of its handshake.
    if (event.error !== undefined) conversation.failed(event.error.message);
    conversation.notice(`closed ${describeClose(event.code, event.reason)}`);
    return exitCodeOf(event, conversation.closedByUs);
  } catch (error) {
    if (conversation !== undefined || !(error instanceof WebSocketError)) throw error;
    if (attempt.signal.aborted) {
      new Output(process.stderr).line('interrupted');
      return ExitCode.interrupted;
    }
    throw new CommandError(visible(error.message));
  } finally {
    ignore();
  }
}

function parseHeader(text: string): readonly [name: string, value: string] {
  const colon = text.indexOf(':');
  if (colon > 0) return [text.slice(0, colon).trim(), text.slice(colon + 1).trim()];
  throw new CommandError(
    `--header is "${visible(text)}"; expected a name and a value, as in --header 'X-Token: secret'`,
  );
}

function parseBinaryMode(text: string): BinaryMode {
  const mode = binaryModes.find((known) => known === text);
  if (mode !== undefined) return mode;
  throw new CommandError(`--binary is "${text}"; expected ${binaryModes.join(', ')}`);
}

/** Development servers are on loopback addresses, where a proxy would look on its own machine. */
function isThisMachine(url: string): boolean {
  const host = /^wss?:\/\/(\[[^\]]*\]|[^:/?#]*)/i.exec(url)?.[1] ?? '';
  return /^(localhost|127\..*|\[::1\])$/i.test(host);
}

interface Asked {
  readonly insecure: boolean;
  readonly compress: boolean;
}

function describeOpening(connection: ClientConnection, { insecure, compress }: Asked): string {
  const spoken = connection.subprotocol === '' ? '' : `, subprotocol ${visible(connection.subprotocol)}`;
  const agreed = connection.extensions === '' ? ', not compressed' : `, ${visible(connection.extensions)}`;
  const unverified = insecure && connection.url.startsWith('wss:') ? ', certificate not verified' : '';
  const help = process.stdin.isTTY ? ' (/help for commands, Ctrl-C ends)' : '';
  return `connected to ${visible(connection.url)}${spoken}${compress ? agreed : ''}${unverified}${help}`;
}

function exitCodeOf(event: CloseEvent, closedByUs: boolean): number {
  if (!event.wasClean) return ExitCode.failed;
  const normal = event.code === 1000 || event.code === 1001 || event.code === 1005;
  return normal || closedByUs ? ExitCode.ok : ExitCode.closedByPeer;
}
