// The known differences. Each has a row in the table "What differs" of docs/from-ws.md, which says why. A rule is as narrow
// as the difference: it names the scripts, or the lines.

import type { Difference } from './difference.ts';

export interface Rule {
  /** The first cell of its row. */
  readonly row: string;
  /** A line without what may differ. */
  readonly normal?: (line: string, end: string) => string;
  /** Whether this explains lines that differ. */
  readonly explains?: (difference: Difference) => boolean;
}

const AMOUNT = /(?<=bufferedAmount )(\d+)/u;

/** Explains whatever differs in some scripts, at some ends. */
function inScripts(row: string, titles: RegExp, ends = /./u): Rule {
  return { row, explains: ({ script, end }) => titles.test(script) && ends.test(end) };
}

/** The same lines in the same order, apart from when they came. */
function isSameLater({ theirs, ours }: Difference): boolean {
  return theirs.length === ours.length && theirs.every((line, at) => line.replace(/^tick: /u, '') === ours[at]);
}

export const rules: readonly Rule[] = [
  {
    row: '`Cache-Control` and `Pragma` of the request',
    normal: (line, end) =>
      end === 'peer' ? line.replace(/ \| cache-control: no-cache/u, '').replace(/ \| pragma: no-cache/u, '') : line,
  },
  {
    row: 'the layout of `Sec-WebSocket-Protocol` and `Sec-WebSocket-Extensions`',
    normal: (line, end) =>
      end === 'peer' || end === 'server'
        ? line
            .replace(/(?<=sec-websocket-protocol: )[^|]+/u, (list) => list.replace(/, /gu, ','))
            .replace(/(client_max_window_bits=\d+); (server_max_window_bits=\d+)/u, '$2; $1')
        : line,
  },
  {
    row: 'callbacks of `send`, `ping` and `pong` without an error',
    normal: (line) => line.replace(/ called with (?:null|undefined)$/u, ' called with nothing'),
  },
  {
    row: 'the Close frame after an error of the peer',
    normal: (line, end) => (end === 'peer' ? line.replace(/^(close (?:1002|1007|1008|1009)) .*$/u, '$1 …') : line),
  },
  {
    row: '`bufferedAmount`',
    explains: ({ theirs, ours }) =>
      theirs.length === ours.length &&
      theirs.every((line, at) => {
        const [mine, other] = [ours[at] as string, line].map((one) => one.split(AMOUNT));
        const isRest = mine?.length === 3 && mine[0] === other?.[0] && mine[2] === other?.[2];
        return isRest && Number(mine[1]) > Number(other?.[1]);
      }),
  },
  {
    row: 'when a message is written, and its callback called',
    explains: ({ script, theirs, ours }) =>
      /callbacks come after|messages that wait to be sent/u.test(script) &&
      [...theirs, ...ours].every((line) => /^(?:tick: next tick|sent called with nothing)$/u.test(line)),
  },
  {
    row: 'a callback of a message that did not leave',
    normal: (line) =>
      line.replace(
        /^(?:tick: )?(.* called with )(?:Error (?:ERR_STREAM_DESTROYED|ERR_STREAM_WRITE_AFTER_END|EPIPE|ECONNRESET)|WebSocketError ERR_WS_DROPPED): .*$/u,
        '$1that it was not sent',
      ),
  },
  inScripts('a callback of a message that did not leave', /send after _socket/u, /^webSocket$/u),
  inScripts('a callback that is not a function', /a callback that is not a function/u),
  {
    row: 'exceptions of the program',
    explains: ({ script, theirs, ours }) =>
      /more in the chunk: throw|without a listener before open|callback of handleUpgrade that throws/u.test(script) ||
      (script.includes('a callback that throws') && isSameLater({ script, end: '', theirs: ours, ours: theirs })),
  },
  inScripts(
    'a violation of the peer, and no listener for `error` on the WebSocket',
    /an error without a listener$/u,
    /^process$/u,
  ),
  {
    row: 'when a message is compressed, or inflated',
    explains: ({ script, end, theirs, ours }) =>
      (/compressed: callbacks/u.test(script) && ours.join().replaceAll('tick: ', '') === theirs.join()) ||
      (/compressed: messages, then the peer/u.test(script) &&
        ((end === 'peer' && theirs.length === 0) || ours.join().replaceAll('[OPEN]', '[CLOSING]') === theirs.join())),
  },
  inScripts('a `SharedArrayBuffer` that a client sends', /^client: .*a shared buffer/u),
  {
    row: 'a client at the end of the closing handshake',
    explains: ({ script, end, theirs, ours }) =>
      script.startsWith('client') && end === 'peer' && [...theirs, ...ours].join() === 'end',
  },
  {
    row: 'messages and the Close frame of the peer after `terminate()`',
    explains: ({ script, theirs, ours }) =>
      /terminate/u.test(script) &&
      ours.every((line) => line === 'close 1006, Buffer "" [CLOSED]') &&
      theirs.every((line) => /^(?:(?:message|ping|pong|error) .*\[CLOSING\]|close .*\[CLOSED\])$/u.test(line)),
  },
  {
    row: '`pause()` and `resume()`',
    explains: (difference) => /pause/u.test(difference.script) && isSameLater(difference),
  },
  inScripts('`pause()`, and the peer ends TCP', /paused with nothing read/u),
  inScripts('`pause()`, then `close()`', /: paused, then close/u),
  inScripts('`pause()`, then `terminate()`', /^server: paused, then terminate/u, /^peer$/u),
  {
    row: '`allowSynchronousEvents: false`',
    explains: ({ script, theirs, ours }) =>
      script.includes('without synchronous events') &&
      theirs.join().replace('[OPEN]', '') === ours.join().replace('[CLOSING]', ''),
  },
  inScripts('an error of the peer after `close()`', /a violation after close/u, /^webSocket$/u),
  inScripts('lengths that are not encoded in the shortest way', /a short length in [28] bytes/u),
  inScripts('lengths with the highest bit', /a length of 2\^63/u),
  inScripts('calls that `ws` answers with a TypeError of JavaScript', /close with 4000 and null/u),
  {
    row: 'calls that `ws` answers with a TypeError of JavaScript',
    explains: ({ theirs, ours }) =>
      theirs.length === ours.length &&
      theirs.every((line, at) => {
        const [name] = line.split(' throws TypeError: Cannot read properties of null');
        return name !== line && ours[at] === `${name} returns undefined`;
      }),
  },
  inScripts('a reason of `close` that is not UTF-8', /bytes that are not UTF-8/u, /^peer$/u),
  inScripts(
    'options that cannot be: windows outside 8–15, times that are not numbers',
    /^new WebSocket(?:Server)?: (?:a bad window|windowBits|serverMax|handshake|closeTimeout)/u,
  ),
  inScripts("a server's answer with two `Sec-WebSocket-Accept` fields, or in HTTP/1.0", /the answer: HTTP\/1\.0/u),
  inScripts("a server's answer with permessage-deflate twice", /the answer: permessage-deflate twice/u),
  inScripts('`threshold`', /the answer: permessage-deflate$/u),
  {
    row: '`_receiver`',
    explains: ({ theirs, ours }) =>
      theirs.join() === 'now: _receiver null' && ours.join() === 'now: _receiver undefined',
  },
  {
    row: '`server.options`',
    explains: ({ script, theirs, ours }) =>
      script.startsWith('new WebSocketServer') &&
      [...theirs, ...ours].every((line) =>
        /^now: (?:WebSocket|max|perMessageDeflate|0 (?:undefined|object) )/u.test(line),
      ),
  },
  inScripts('a request with `Upgrade: websocket, h2c`', /a request: several Upgrades/u),
  inScripts('a request of version 8', /a request: (?:version|without a version)/u),
  inScripts('a request with a wrong `Connection` or `Host`, with a body, or in HTTP/1.0', /a request: without Host/u),
  inScripts('an offer of permessage-deflate with bad parameters', /a request: (?:two offers|a bad window)/u),
  inScripts('a `Sec-WebSocket-Extensions` field that cannot be read, without compression', /with compression off/u),
  inScripts(
    '`verifyClient`, `handleProtocols` or a `headers` listener that throws',
    /(?:verifyClient|handleProtocols) that throws|listener of headers throws/u,
  ),
  inScripts('a status of `verifyClient` that is not a refusal (200)', /verifyClient with a callback: (?:999|200)/u),
  inScripts('`handleProtocols` that returns what was not offered', /handleProtocols of another/u),
  {
    row: 'members of `ws` that its documentation does not name',
    explains: ({ end, theirs, ours }) =>
      /^WebSocket/u.test(end) &&
      [...theirs, ...ours].every((line) =>
        /^(?:(?:emitClose|completeUpgrade): |EventEmitter$|EventfulSocket$)/u.test(line),
      ),
  },
  {
    row: "`_socket.on('data')`, `'end'` and `'finish'`",
    explains: ({ script, theirs, ours }) =>
      script.includes('_socket: events') &&
      [...theirs, ...ours].every((line) => /^(?:socket (?:end|finish) \[2\]|— peer ends)$/u.test(line)),
  },
  {
    row: '`finish` of a stream',
    explains: ({ script, end, theirs, ours }) =>
      script.includes('a stream') && end === 'stream' && [...theirs, ...ours].join() === 'finish ',
  },
];
