// `harmony-websocket connect`: a WebSocket client for people and for pipes. The exit code tells how it ended.

import {
  type ClientConnection,
  type CloseEvent,
  type ConnectOptions,
  connect,
  WebSocketError,
} from 'harmony-websocket/engine';
import { parseArguments, parseInteger } from '../arguments.ts';
import { boundHelp, boundOptions, boundSettings, connectionBounds, handshakeBounds } from '../bounds.ts';
import { describeClose } from '../close-codes.ts';
import { Conversation, type ConversationOptions } from '../conversation.ts';
import { CommandError, ExitCode, UsageError } from '../exit.ts';
import { lineHelp } from '../line.ts';
import { type BinaryMode, binaryModes } from '../message-format.ts';
import { formatSize, previewBytes, visible } from '../output.ts';
import { readKeyPair, readPem } from '../pem.ts';
import { describeRefusal } from '../refusal.ts';
import { onInterrupt } from '../signals.ts';
import type { Streams } from '../streams.ts';
import { connectFlags, inFlags } from '../wording.ts';

export const connectHelp = `harmony-websocket connect: a WebSocket client; lines in, messages out

Each line of standard input is sent as a text message. Messages go to standard output, one line each;
everything else (connected, closed, errors) goes to standard error, so that the command works in a pipe.
Lines end with LF or CR LF and must be UTF-8; one that is not is named and not sent. When the reader of the
output is slow, the server is held back, and everything that was received is printed.

Usage
  harmony-websocket connect URL [options]

URL is ws://… or wss://… A user name and a password in it (ws://user:password@host/) are sent as Basic
authorization. They are never printed, nor are the values of --header.

Options
  --header 'NAME: VALUE'  a further request header; may be repeated
  --subprotocol NAME      a subprotocol to offer; may be repeated, in order of preference
  --ca FILE               trust these certificate authorities (PEM) in place of the system's
  --cert FILE             identify with this client certificate (PEM) …
  --key FILE              … and its private key (PEM, not encrypted)
  --servername NAME       the host name that the server's certificate must be for, in place of the URL's
  --insecure              do not verify the server's certificate
  --compress              offer compression (permessage-deflate); what was agreed shows when it connects
  --timeout MS            milliseconds for the connection to open, 0 for no bound (default 10000)
  --binary MODE           print binary messages as: preview (size and first bytes, the default),
                          hex or base64 (a line each), raw (the bytes alone)
  --wait MS               after the end of piped input, close when no message has come for this long;
                          0: at once, "forever": when the peer closes (default 1000)
  --commands              take the commands below from piped input too, where every line is a message otherwise
  -h, --help              this text

Limits on what the server may send, and on the way to it
${boundHelp([...connectionBounds, ...handshakeBounds])}

Commands, at a terminal
${lineHelp}

The proxies of the environment (HTTPS_PROXY, HTTP_PROXY, NO_PROXY) are used, except for this machine itself.
Ctrl-C or Ctrl-D closes (1000), prints what was received, and ends; a second Ctrl-C ends at once.

Examples
  harmony-websocket connect ws://127.0.0.1:8080/
  echo hello | harmony-websocket connect ws://127.0.0.1:8080/
  harmony-websocket connect wss://host/feed --header 'Authorization: Bearer …' --wait forever < /dev/null
  harmony-websocket connect wss://127.0.0.1:8443/ --ca ca.pem --subprotocol chat

Exit codes
  0    closed by us, or by the peer with 1000, 1001 or no code
  1    could not connect; the connection was lost or failed; or a line of piped input was not sent or done
       (not UTF-8, an unknown command, a file that cannot be read)
  2    the command line was not understood
  3    closed by the peer with another code
  4    the output could not be written: its reader has closed it (as head -1 does), or the disk is full
  130  interrupted before the connection opened, or ended by a second Ctrl-C
`;

const MAX_DELAY = 2 ** 31 - 1;

/** Runs to the end of the connection; answers with the exit code. */
export async function connectCommand(args: readonly string[], { stdout, notices }: Streams): Promise<number> {
  const { url, asked, options, conversationOptions } = readCommandLine(args);
  let conversation: Conversation | undefined;
  const attempt = new AbortController();
  const interrupt = (): void => {
    if (conversation === undefined) {
      attempt.abort();
      return;
    }
    conversation.close();
    const { waiting } = stdout;
    if (waiting > 0) conversation.notice(`${formatSize(waiting)} wait for the reader of the output; Ctrl-C again ends`);
  };
  const ignore = onInterrupt(interrupt, () => process.exit(ExitCode.interrupted));
  try {
    await connect(url, {
      ...options,
      signal: attempt.signal,
      handlers: {
        // Before the first message, which may have come in the packet of the handshake.
        open: (opened) => {
          conversation = new Conversation(opened, conversationOptions, stdout, notices);
          conversation.notice(describeOpening(opened, asked));
        },
        message: (_, data) => conversation?.received(data),
        ping: (_, payload) => conversation?.notice(`ping ${previewBytes(payload, 40)}`.trimEnd()),
        pong: (_, payload) => conversation?.ponged(payload),
      },
    });
    // Made by the `open` handler.
    const running = conversation as unknown as Conversation;
    const event = await running.run();
    if (event.error !== undefined) running.failed(describe(event.error));
    running.notice(`closed ${describeClose(event.code, event.reason)}`);
    await stdout.flushed();
    return exitCodeOf(event, running);
  } catch (error) {
    if (conversation !== undefined || !(error instanceof WebSocketError)) throw error;
    if (attempt.signal.aborted) {
      notices.note('interrupted');
      return ExitCode.interrupted;
    }
    throw new CommandError(describe(error), describeRefusal(error));
  } finally {
    ignore();
  }
}

/** An error text of the engine, with the flags of the command in place of the engine's options. */
function describe(error: Error): string {
  if (!(error instanceof WebSocketError)) return error.message;
  // What a server says about its refusal is its own, and follows in full.
  const [ours = '', ...theirs] = error.message.split('. The server says: ');
  return [inFlags(ours, connectFlags), ...theirs].join('. The server says: ');
}

interface Asked {
  readonly insecure: boolean;
  readonly compress: boolean;
}

interface CommandLine {
  readonly url: string;
  readonly asked: Asked;
  readonly options: ConnectOptions;
  readonly conversationOptions: ConversationOptions;
}

function readCommandLine(args: readonly string[]): CommandLine {
  const { values, positionals } = parseArguments(
    args,
    {
      header: { type: 'string', multiple: true, default: [] },
      subprotocol: { type: 'string', multiple: true, default: [] },
      ca: { type: 'string' },
      cert: { type: 'string' },
      key: { type: 'string' },
      servername: { type: 'string' },
      insecure: { type: 'boolean', default: false },
      compress: { type: 'boolean', default: false },
      timeout: { type: 'string', default: '10000' },
      binary: { type: 'string', default: 'preview' },
      wait: { type: 'string', default: '1000' },
      commands: { type: 'boolean', default: false },
      ...boundOptions([...connectionBounds, ...handshakeBounds]),
    },
    ['URL'],
  );
  const [url] = positionals;
  if (url === undefined)
    throw new UsageError('connect needs the URL to connect to, as in: connect ws://127.0.0.1:8080/');
  const binary = parseBinaryMode(values.binary);
  const wait = values.wait === 'forever' ? Infinity : parseInteger('--wait', values.wait, 0, MAX_DELAY);
  const tls = {
    ...readKeyPair(values.cert, values.key),
    ...(values.ca === undefined ? {} : { ca: readPem('--ca', values.ca, 'CERTIFICATE') }),
    ...(values.servername === undefined ? {} : { servername: values.servername }),
    ...(values.insecure ? { rejectUnauthorized: false } : {}),
  };
  return {
    url,
    asked: values,
    options: {
      ...boundSettings([...connectionBounds, ...handshakeBounds], values),
      headers: values.header.map(parseHeader),
      subprotocols: values.subprotocol,
      compression: values.compress,
      handshakeTimeout: parseInteger('--timeout', values.timeout, 0, MAX_DELAY),
      proxy: isThisMachine(url) ? 'none' : 'system',
      tls,
    },
    conversationOptions: { binary, wait, commands: values.commands, describe },
  };
}

/** Headers that the command sets, and what sets them. */
const otherThanHeaders: ReadonlyMap<string, string> = new Map([
  ['sec-websocket-protocol', 'use --subprotocol NAME'],
  ['sec-websocket-extensions', 'use --compress'],
  [
    'proxy-authorization',
    'write user name and password of the proxy into its URL, as in HTTPS_PROXY=http://user:password@proxy.example:3128',
  ],
]);

/** Errors do not show the value, which may be a secret; nor the whole, which may be a value alone. */
function parseHeader(text: string, index: number): readonly [name: string, value: string] {
  const colon = text.indexOf(':');
  const name = text.slice(0, Math.max(0, colon)).trim();
  const elsewhere = otherThanHeaders.get(name.toLowerCase());
  if (elsewhere !== undefined) throw new CommandError(`--header ${name} cannot be given; ${elsewhere}`);
  if (/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) return [name, text.slice(colon + 1).trim()];
  const which = index === 0 ? '--header' : `--header (number ${index + 1})`;
  const problem = colon === -1 ? 'has no colon' : 'does not begin with the name of a header';
  throw new CommandError(`${which} ${problem}; expected a name, a colon and a value, as in --header 'Name: value'`);
}

function parseBinaryMode(text: string): BinaryMode {
  const mode = binaryModes.find((known) => known === text);
  if (mode !== undefined) return mode;
  throw new CommandError(`--binary is "${text}"; expected ${binaryModes.join(', ')}`);
}

/** Development servers are on loopback addresses, where a proxy would look on its own machine. */
function isThisMachine(url: string): boolean {
  if (!URL.canParse(url)) return false;
  return /^(localhost|127\..*|\[::1\])$/i.test(new URL(url).hostname);
}

function describeOpening(connection: ClientConnection, { insecure, compress }: Asked): string {
  const spoken = connection.subprotocol === '' ? '' : `, subprotocol ${visible(connection.subprotocol)}`;
  const agreed = connection.extensions === '' ? ', not compressed' : `, ${visible(connection.extensions)}`;
  const unverified = insecure && connection.url.startsWith('wss:') ? ', certificate not verified' : '';
  const help = process.stdin.isTTY ? ' (/help for commands, Ctrl-C ends)' : '';
  return `connected to ${visible(connection.url)}${spoken}${compress ? agreed : ''}${unverified}${help}`;
}

function exitCodeOf(event: CloseEvent, { closedByUs, isInputDone }: Conversation): number {
  if (!event.wasClean) return ExitCode.failed;
  const isNormal = event.code === 1000 || event.code === 1001 || event.code === 1005;
  if (!isNormal && !closedByUs) return ExitCode.closedByPeer;
  return isInputDone ? ExitCode.ok : ExitCode.failed;
}
