// `harmony-websocket connect`: a WebSocket client for people and for pipes. Its exit code shows how the connection ended.

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

export const connectHelp = `harmony-websocket connect: a WebSocket client that sends lines and prints messages

Each line of standard input is sent as a text message. Each message received is printed on one line of
standard output. Everything else (connected, closed, errors) goes to standard error, so you can use pipes.
Lines end with LF or CR LF and must be UTF-8; a line that is not UTF-8 is reported and not sent. If the
reader of the output is slow, the command slows the server down and still prints every message.

Usage
  harmony-websocket connect URL [options]

URL begins with ws:// or wss://. A user name and a password in it (ws://user:password@host/) are sent as
Basic authorization. They are never printed; neither are the values of --header.

Options
  --header 'NAME: VALUE'  send this request header; repeat for more
  --subprotocol NAME      offer this subprotocol; repeat for more, in order of preference
  --ca FILE               trust these certificate authorities (PEM) instead of the system's
  --cert FILE             authenticate with this client certificate (PEM); needs --key
  --key FILE              the private key of --cert (PEM, not encrypted)
  --servername NAME       expect the server's certificate to name this host instead of the one in the URL
  --insecure              do not verify the server's certificate
  --compress              offer compression (permessage-deflate); the result is printed on connecting
  --timeout MS            give up if the connection is not open after this time; 0 for no limit
                          (default 10000)
  --binary MODE           how to print binary messages: preview (size and first bytes, the default),
                          hex or base64 (one line each), raw (only the bytes)
  --wait MS               after the end of piped input, close once no message has arrived for this long;
                          0: at once; "forever": wait until the peer closes (default 1000)
  --commands              accept the commands below in piped input, too; without it, every line is a message
  -h, --help              print this help

Limits for the server and for connecting to it
${boundHelp([...connectionBounds, ...handshakeBounds])}

Commands that you can type at a terminal
${lineHelp}

Proxies are taken from the environment (HTTPS_PROXY, HTTP_PROXY, NO_PROXY), but never for this machine itself.
Ctrl-C or Ctrl-D closes the connection (1000), prints the rest and exits; a second Ctrl-C exits at once.

Examples
  harmony-websocket connect ws://127.0.0.1:8080/
  echo hello | harmony-websocket connect ws://127.0.0.1:8080/
  harmony-websocket connect wss://host/feed --header 'Authorization: Bearer …' --wait forever < /dev/null
  harmony-websocket connect wss://127.0.0.1:8443/ --ca ca.pem --subprotocol chat

Exit codes
  0    this side closed, or the peer closed with 1000, 1001 or no code
  1    could not connect; the connection was lost or failed; the value of an option is not valid; or a line of
       piped input could not be sent (not UTF-8, an unknown command, an unreadable file)
  2    the command line has a mistake
  3    the peer closed with another code
  4    the output could not be written: its reader closed it (as head -1 does), or the disk is full
  130  interrupted before the connection opened, or by a second Ctrl-C
`;

const MAX_DELAY = 2 ** 31 - 1;

/** Runs to the end of the connection. @returns the exit code */
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
    if (waiting > 0)
      conversation.notice(`${formatSize(waiting)} wait for the reader of the output; press Ctrl-C again to exit`);
  };
  const ignore = onInterrupt(interrupt, () => process.exit(ExitCode.interrupted));
  try {
    await connect(url, {
      ...options,
      signal: attempt.signal,
      handlers: {
        // This comes before the first message, which may arrive together with the handshake.
        open: (opened) => {
          conversation = new Conversation(opened, conversationOptions, stdout, notices);
          conversation.notice(describeOpening(opened, asked));
        },
        message: (_, data) => conversation?.received(data),
        ping: (_, payload) => conversation?.notice(`ping ${previewBytes(payload, 40)}`.trimEnd()),
        pong: (_, payload) => conversation?.ponged(payload),
      },
    });
    // The `open` handler has set it.
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

/** Returns an error text of the engine with flags of the command instead of options of the engine. */
function describe(error: Error): string {
  if (!(error instanceof WebSocketError)) return error.message;
  // The server's own words stay as they are.
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
    throw new UsageError('connect needs a URL, as in: harmony-websocket connect ws://127.0.0.1:8080/');
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

/** Headers that --header cannot set, and what to use instead. */
const otherThanHeaders: ReadonlyMap<string, string> = new Map([
  ['sec-websocket-protocol', 'use --subprotocol NAME'],
  ['sec-websocket-extensions', 'use --compress'],
  [
    'proxy-authorization',
    'put the user name and password of the proxy into its URL, as in HTTPS_PROXY=http://user:password@proxy.example:3128',
  ],
]);

/** Errors show neither the value nor the whole text: either may be a secret. */
function parseHeader(text: string, index: number): readonly [name: string, value: string] {
  const colon = text.indexOf(':');
  const name = text.slice(0, Math.max(0, colon)).trim();
  const elsewhere = otherThanHeaders.get(name.toLowerCase());
  if (elsewhere !== undefined) throw new CommandError(`cannot set ${name} with --header; ${elsewhere}`);
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

/** A proxy would connect to its own machine for a loopback address. Development servers listen on such addresses. */
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
