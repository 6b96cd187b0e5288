// Responses on the border of what accepts an opening handshake (RFC 6455 §4.1; RFC 7230, RFC 7231), as bytes on the
// wire, and what a client makes of each. responses.test.ts sends them. Where the parser of node:http decides, and is
// stricter or looser than the RFC, the row says why that is left alone.

import type { ConnectOptions, ErrorCode } from '../../src/engine/index.ts';
import { hex } from '../support/hex.ts';

/** What comes of it. */
export type Outcome =
  /** Open, with this subprotocol; then these messages, in order. */
  | { readonly kind: 'open'; readonly subprotocol: string; readonly messages: readonly string[] }
  /** Open, and then failed with this error because of the bytes after the head. */
  | { readonly kind: 'fails'; readonly code: ErrorCode; readonly closeCode: number }
  /** `connect` rejects. `status` is the one of the response; absent: it is not known. */
  | { readonly kind: 'rejected'; readonly code: ErrorCode; readonly status: number | undefined; readonly text: string };

export interface ResponseCase {
  readonly name: string;
  /** Latin-1. `ACCEPT` stands for the value that fits the request, `KEY` for the request's key. */
  readonly bytes: string;
  readonly outcome: Outcome;
  readonly options: ConnectOptions;
  /** The server ends TCP behind it. Else it leaves it open, and the client must not wait for its end. */
  readonly ends: boolean;
}

const sample = ['Upgrade: websocket', 'Connection: Upgrade', 'Sec-WebSocket-Accept: ACCEPT'];

interface Parts {
  readonly line?: string;
  readonly end?: string;
  readonly behind?: string;
}

/** As `request` of requests.ts. */
function response(
  changes: readonly string[] = [],
  { line = 'HTTP/1.1 101 Switching Protocols', end = '\r\n', behind = '' }: Parts = {},
) {
  const nameOf = (text: string) => text.replace(/^-/, '').replace(/:.*$/s, '').trim().toLowerCase();
  const replaced = changes.filter((change) => !change.startsWith('+')).map(nameOf);
  const lines = [
    line,
    ...sample.filter((each) => !replaced.includes(nameOf(each))),
    ...changes.filter((change) => !change.startsWith('-')).map((change) => change.replace(/^\+/, '')),
  ];
  return `${lines.join(end)}${end}${end}${behind}`;
}

const lines = (...list: string[]): string => response(list);
const statusLine = (line: string): string => response([], { line });

function open(subprotocol = '', messages: readonly string[] = []): Outcome {
  return { kind: 'open', subprotocol, messages };
}

function wrong(code: string, text: string): Outcome {
  return { kind: 'rejected', code: `ERR_WS_RESPONSE_${code}` as ErrorCode, status: 101, text };
}

function refusal(status: number, text: string): Outcome {
  return {
    kind: 'rejected',
    code: 'ERR_WS_REFUSED',
    status,
    text: `server answered ${text} instead of 101 Switching Protocols; `,
  };
}

/** What the parser does not take for HTTP. */
const noHttp: Outcome = {
  kind: 'rejected',
  code: 'ERR_WS_RESPONSE_MALFORMED',
  status: undefined,
  text: ' did not answer in HTTP (HPE_',
};
const tooLarge: Outcome = {
  kind: 'rejected',
  code: 'ERR_WS_RESPONSE_MALFORMED',
  status: undefined,
  text: ' sent a response head that exceeds maxHeaderSize (65536 bytes)',
};
const tooMany: Outcome = {
  kind: 'rejected',
  code: 'ERR_WS_RESPONSE_MALFORMED',
  status: undefined,
  text: ' sent a response with more than maxHeaderCount (200) fields',
};
const lost: Outcome = {
  kind: 'rejected',
  code: 'ERR_WS_HANDSHAKE_LOST',
  status: undefined,
  text: 'connection lost during the opening handshake (',
};

type Row = readonly [name: string, bytes: string, outcome: Outcome, options?: ConnectOptions];

function rows(list: readonly Row[], ends = false): ResponseCase[] {
  return list.map(([name, bytes, outcome, options = {}]) => ({ name, bytes, outcome, options, ends }));
}

const status = (text: string, fields = '', body = ''): string => `HTTP/1.1 ${text}\r\n${fields}\r\n${body}`;
const offers: ConnectOptions = { subprotocols: ['chat', 'v2'] };
const compressing: ConnectOptions = { compression: true };
const fieldLines = (count: number): string[] => Array.from({ length: count }, (_, index) => `+X-${index}: y`);

export const responseCases: Readonly<Record<string, readonly ResponseCase[]>> = {
  'RFC 6455 §4.1: any status but 101 is a refusal': rows([
    ...[
      '200 OK',
      '201 Created',
      '202 Accepted',
      '204 No Content',
      '206 Partial Content',
      '300 Multiple Choices',
      '301 Moved Permanently',
      '302 Found',
      '303 See Other',
      '304 Not Modified',
      '307 Temporary Redirect',
      '308 Permanent Redirect',
      '400 Bad Request',
      '401 Unauthorized',
      '402 Payment Required',
      '403 Forbidden',
      '404 Not Found',
      '405 Method Not Allowed',
      '407 Proxy Authentication Required',
      '408 Request Timeout',
      '410 Gone',
      '418 I am a teapot',
      '421 Misdirected Request',
      '426 Upgrade Required',
      '429 Too Many Requests',
      '431 Request Header Fields Too Large',
      '500 Internal Server Error',
      '501 Not Implemented',
      '502 Bad Gateway',
      '503 Service Unavailable',
      '504 Gateway Timeout',
      '505 HTTP Version Not Supported',
      '599 x',
      '600 x',
      '999 x',
    ].flatMap((text): Row[] => [
      [text, status(text, 'Content-Length: 0\r\n'), refusal(Number(text.slice(0, 3)), text)],
      [
        `${text}, with a body of known length`,
        status(text, 'Content-Length: 4\r\n', 'why?'),
        refusal(Number(text.slice(0, 3)), text),
      ],
      // The client does not wait for a body: the refusal is reported at once.
      [
        `${text}, with a body without an end`,
        status(text, 'Transfer-Encoding: chunked\r\n', '4\r\nwhy?\r\n'),
        refusal(Number(text.slice(0, 3)), text),
      ],
    ]),
    ['200 that is otherwise a handshake', statusLine('HTTP/1.1 200 OK'), refusal(200, '200 OK')],
    ['404 that is otherwise a handshake', statusLine('HTTP/1.1 404 Not Found'), refusal(404, '404 Not Found')],
    ['200 of HTTP/1.0, up to the end of TCP', 'HTTP/1.0 200 OK\r\n\r\nhello', refusal(200, '200 OK')],
    [
      '426 with other versions (RFC 6455 §4.4)',
      status('426 Upgrade Required', 'Sec-WebSocket-Version: 8, 7\r\nContent-Length: 0\r\n'),
      refusal(426, '426 Upgrade Required'),
    ],
    ['no text', status('403'), refusal(403, '403')],
    ['a text that would move the cursor of a terminal', status('403 \x1b[2Ja'), refusal(403, '403 ?[2Ja')],
    ['a text of 1,000 characters', status(`403 ${'x'.repeat(1_000)}`), refusal(403, `403 ${'x'.repeat(80)}`)],
    // RFC 7231 §6: three digits. The parser takes a number below 100 for a final answer.
    ['status 099', status('099 x'), refusal(99, '99 x')],
  ]),
  'RFC 7231 §6.2: interim answers before the 101': rows([
    ['100', status('100 Continue') + response(), open()],
    ['102, several times', status('102 Processing').repeat(5) + response(), open()],
    ['103 with fields', status('103 Early Hints', 'Link: </a>\r\nSec-WebSocket-Accept: x\r\n') + response(), open()],
    [
      '100, then a refusal',
      status('100 Continue') + status('403 Forbidden', 'Content-Length: 0\r\n'),
      refusal(403, '403 Forbidden'),
    ],
    ['100, then bytes that are not HTTP', `${status('100 Continue')}hello\r\n\r\n`, noHttp],
  ]),
  'RFC 7230 §3.1.2: the status line': rows([
    ['another text', statusLine('HTTP/1.1 101 Web Socket Protocol Handshake'), open()],
    ['an empty text', statusLine('HTTP/1.1 101 '), open()],
    // "reason-phrase = *( … )", behind a space. Servers leave the space out; the parser takes it.
    ['no text, no space', statusLine('HTTP/1.1 101'), open()],
    ['bytes beyond ASCII in the text (obs-text)', statusLine('HTTP/1.1 101 \xe9'), open()],
    // "A client SHOULD ignore the reason-phrase content."
    ['a control character in the text', statusLine('HTTP/1.1 101 a\x01b'), open()],
    // RFC 7230 §3.5 asks that of servers; the parser does the same here.
    ['empty lines before', `\r\n\r\n${response()}`, open()],
    // No such version has this form, but nothing speaks against it: "HTTP/1.1 or higher".
    ['HTTP/2.0', statusLine('HTTP/2.0 101 x'), open()],
    // RFC 7230 §6.7: older versions have no Upgrade.
    [
      'HTTP/1.0',
      statusLine('HTTP/1.0 101 Switching Protocols'),
      wrong('HTTP_VERSION', 'response 101 has HTTP version "1.0"; '),
    ],
    [
      'HTTP/0.9',
      statusLine('HTTP/0.9 101 Switching Protocols'),
      wrong('HTTP_VERSION', 'response 101 has HTTP version "0.9"; '),
    ],
    ...[
      'HTTP/1.2 101 x',
      'HTTP/3.0 101 x',
      'HTTP/1 101 x',
      'HTTP/2 101 x',
      'HTTP/11.1 101 x',
      'http/1.1 101 x',
      'HTTPS/1.1 101 x',
      'WS/1.1 101 x',
      'ICY 101 x',
      '101 x',
      'HTTP/1.1',
      'HTTP/1.1 ',
      'HTTP/1.1 x',
      'HTTP/1.1 1',
      'HTTP/1.1 10',
      'HTTP/1.1 1010 x',
      'HTTP/1.1 +101 x',
      'HTTP/1.1 -101 x',
      'HTTP/1.1 0x65 x',
      'HTTP/1.1 101x',
      'HTTP/1.1 1 01 x',
      'HTTP/1.1  101 x',
      'HTTP/1.1\t101 x',
      'HTTP/1.1101 x',
      ' HTTP/1.1 101 x',
      'GET / HTTP/1.1',
    ].map((line): Row => [JSON.stringify(line), statusLine(line), noHttp]),
  ]),
  'RFC 6455 §4.1 item 2: Upgrade': rows([
    ...['websocket', 'WebSocket', 'WEBSOCKET', '\twebsocket \t'].map(
      (value): Row => [JSON.stringify(value), lines(`Upgrade: ${value}`), open()],
    ),
    ['in other letters', lines('-Upgrade', '+uPGRADE: wEBSOCKET'), open()],
    ['none', lines('-Upgrade'), wrong('UPGRADE', 'response has no Upgrade field; expected Upgrade: websocket')],
    ['none, and no Connection', lines('-Upgrade', '-Connection'), wrong('UPGRADE', 'response has no Upgrade field; ')],
    ['twice', lines('+Upgrade: websocket'), wrong('UPGRADE', 'response has Upgrade: "websocket, websocket"; ')],
    // "a value that is an ASCII case-insensitive match for the value "websocket"": no list, unlike in a request.
    ...[
      '',
      'h2c',
      'h2c, websocket',
      'websocket, h2c',
      'websocket/13',
      'web socket',
      '"websocket"',
      'websockets',
      'websoc\xe2\x84\xaaet',
    ].map(
      (value): Row => [
        JSON.stringify(value),
        lines(`Upgrade: ${value}`),
        wrong('UPGRADE', `response has Upgrade: ${JSON.stringify(value)}; `),
      ],
    ),
  ]),
  'RFC 6455 §4.1 item 3: Connection': rows([
    ...[
      'Upgrade',
      'upgrade',
      'UPGRADE',
      'keep-alive, Upgrade',
      'Upgrade,keep-alive',
      'close, Upgrade',
      ', upgrade,',
      '\tupgrade\t',
    ].map((value): Row => [JSON.stringify(value), lines(`Connection: ${value}`), open()]),
    ['over two fields', lines('Connection: keep-alive', '+connection: UPGRADE'), open()],
    [
      'none',
      lines('-Connection'),
      wrong('CONNECTION', 'response has no Connection field; expected Connection: Upgrade'),
    ],
    ...['', 'keep-alive', 'close', 'upgraded', 'x upgrade', '"upgrade"', 'websocket'].map(
      (value): Row => [
        JSON.stringify(value),
        lines(`Connection: ${value}`),
        wrong('CONNECTION', `response has Connection: ${JSON.stringify(value)}; `),
      ],
    ),
  ]),
  'RFC 6455 §4.1 item 4: Sec-WebSocket-Accept': rows([
    ['in other letters of the name', lines('-Sec-WebSocket-Accept', '+sEC-wEBsOCKET-aCCEPT: ACCEPT'), open()],
    ['white space around', lines('Sec-WebSocket-Accept: \t ACCEPT \t'), open()],
    ['no white space', lines('Sec-WebSocket-Accept:ACCEPT'), open()],
    [
      'none',
      lines('-Sec-WebSocket-Accept'),
      wrong('ACCEPT_MISSING', 'response has no Sec-WebSocket-Accept field; expected '),
    ],
    [
      'twice',
      lines('+Sec-WebSocket-Accept: ACCEPT'),
      wrong('ACCEPT_REPEATED', 'response has 2 Sec-WebSocket-Accept fields; '),
    ],
    [
      'a right and a wrong one',
      lines('+Sec-WebSocket-Accept: x'),
      wrong('ACCEPT_REPEATED', 'response has 2 Sec-WebSocket-Accept fields; '),
    ],
    [
      'of another request (RFC 6455 §1.3)',
      lines('Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo='),
      wrong('ACCEPT', 'response has Sec-WebSocket-Accept: "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="; expected '),
    ],
    ['the key', lines('Sec-WebSocket-Accept: KEY'), wrong('ACCEPT', 'response has Sec-WebSocket-Accept: "')],
    ...['', 'x', 'ACCEPT=', 'ACCEPT, ACCEPT', '"ACCEPT"', 'ACCEPTx', 'x ACCEPT', 'ACCEPT;', '\xe9'].map(
      (value): Row => [
        JSON.stringify(value),
        lines(`Sec-WebSocket-Accept: ${value}`),
        wrong('ACCEPT', 'response has Sec-WebSocket-Accept: "'),
      ],
    ),
  ]),
  'RFC 6455 §4.1 item 6: Sec-WebSocket-Protocol': rows([
    ['one of those that were offered', lines('+Sec-WebSocket-Protocol: v2'), open('v2'), offers],
    ['white space around', lines('+Sec-WebSocket-Protocol: \tchat \t'), open('chat'), offers],
    ['none, though some were offered', lines(), open(), offers],
    [
      'one, though none was offered',
      lines('+Sec-WebSocket-Protocol: chat'),
      wrong('SUBPROTOCOL', 'server selected subprotocol "chat", but the client offered none'),
    ],
    [
      'empty, and none was offered',
      lines('+Sec-WebSocket-Protocol:'),
      wrong('SUBPROTOCOL', 'server selected subprotocol "", but the client offered none'),
    ],
    ...['', 'x', 'Chat', 'chat2', 'chat,', '"chat"', 'chat v2', 'chat;v2'].map(
      (value): Row => [
        JSON.stringify(value),
        lines(`+Sec-WebSocket-Protocol: ${value}`),
        wrong('SUBPROTOCOL', `server selected subprotocol ${JSON.stringify(value)}, but the client offered "chat, v2"`),
        offers,
      ],
    ),
    [
      'several',
      lines('+Sec-WebSocket-Protocol: chat, v2'),
      wrong('SUBPROTOCOL_SEVERAL', 'server selected several subprotocols ("chat, v2"); '),
      offers,
    ],
    [
      'over two fields',
      lines('+Sec-WebSocket-Protocol: chat', '+Sec-WebSocket-Protocol: v2'),
      wrong('SUBPROTOCOL_SEVERAL', 'server selected several subprotocols ("chat, v2"); '),
      offers,
    ],
    // RFC 6455 §11.3.4: "MUST NOT appear more than once in an HTTP response".
    [
      'the same twice',
      lines('+Sec-WebSocket-Protocol: chat', '+Sec-WebSocket-Protocol: chat'),
      wrong('SUBPROTOCOL_SEVERAL', 'server selected several subprotocols ("chat, chat"); '),
      offers,
    ],
  ]),
  'RFC 6455 §4.1 item 5, §9.1: Sec-WebSocket-Extensions': rows([
    ['permessage-deflate', lines('+Sec-WebSocket-Extensions: permessage-deflate'), open(), compressing],
    [
      'with all parameters',
      lines(
        '+Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=10; client_max_window_bits="11"',
      ),
      open(),
      compressing,
    ],
    ['none, though one was offered', lines(), open(), compressing],
    [
      'one, though none was offered',
      lines('+Sec-WebSocket-Extensions: permessage-deflate'),
      wrong('EXTENSION', 'server accepted extension "permessage-deflate", which the client did not offer'),
    ],
    [
      'another one',
      lines('+Sec-WebSocket-Extensions: permessage-deflate, foo'),
      wrong('EXTENSION', 'server accepted extension "foo", which the client did not offer'),
      compressing,
    ],
    [
      'in other letters',
      lines('+Sec-WebSocket-Extensions: Permessage-Deflate'),
      wrong('EXTENSION', 'server accepted extension "Permessage-Deflate", which the client did not offer'),
      compressing,
    ],
    ...[
      'permessage-deflate, permessage-deflate',
      'permessage-deflate; foo',
      'permessage-deflate; server_max_window_bits=7',
      'permessage-deflate; server_max_window_bits=16',
      'permessage-deflate; server_max_window_bits=010',
      'permessage-deflate; server_max_window_bits',
      'permessage-deflate; client_max_window_bits',
      'permessage-deflate; server_no_context_takeover=1',
      'permessage-deflate; server_no_context_takeover; server_no_context_takeover',
    ].map(
      (value): Row => [
        value,
        lines(`+Sec-WebSocket-Extensions: ${value}`),
        wrong('DEFLATE', 'server accepted permessage-deflate with parameters that were not offered or are not valid: '),
        compressing,
      ],
    ),
    [
      'twice, over two fields',
      lines('+Sec-WebSocket-Extensions: permessage-deflate', '+Sec-WebSocket-Extensions: permessage-deflate'),
      wrong('DEFLATE', 'server accepted permessage-deflate'),
      compressing,
    ],
    ...['', ',', ';', 'a;', 'a; b=', 'a b', 'a; b="', 'a; b="c d"', '"permessage-deflate"', '\xe9'].map(
      (value): Row => [
        JSON.stringify(value),
        lines(`+Sec-WebSocket-Extensions: ${value}`),
        wrong('EXTENSIONS', `response has Sec-WebSocket-Extensions: ${JSON.stringify(value)}: `),
        compressing,
      ],
    ),
  ]),
  'RFC 7230 §3.3.3: a 101 has no body, whatever its fields say': rows([
    ['Content-Length: 0', lines('+Content-Length: 0'), open()],
    ['Content-Length: 3, and a frame', response(['+Content-Length: 3'], { behind: '\x81\x01a' }), open('', ['a'])],
    [
      'Transfer-Encoding: chunked, and a frame',
      response(['+Transfer-Encoding: chunked'], { behind: '\x81\x01a' }),
      open('', ['a']),
    ],
    // Where two readers of a head could differ about its end, the parser has none of it.
    ['both', lines('+Content-Length: 3', '+Transfer-Encoding: chunked'), noHttp],
    ['Content-Length twice', lines('+Content-Length: 3', '+Content-Length: 4'), noHttp],
    ['a length that is not a number', lines('+Content-Length: x'), noHttp],
  ]),
  'RFC 7230 §3.2: lines and fields': rows([
    [
      'fields that do not matter',
      lines('+Date: x', '+Server: y', '+Set-Cookie: a=1', '+Set-Cookie: b=2', '+X-Empty:', '+X-Tab: a\tb'),
      open(),
    ],
    ['bytes beyond ASCII in a value (obs-text)', lines('+X-A: \xe9\xff\x80'), open()],
    ['any order', `HTTP/1.1 101 x\r\n${[...sample].reverse().join('\r\n')}\r\n\r\n`, open()],
    ['a folded value', lines('+X-A: a\r\n b'), noHttp],
    ['a folded Upgrade', lines('Upgrade:\r\n websocket'), noHttp],
    ['a space before a colon', lines('Upgrade : websocket'), noHttp],
    ['a space before the first field', `HTTP/1.1 101 x\r\n ${sample.join('\r\n')}\r\n\r\n`, noHttp],
    ['a lone LF', response([], { end: '\n' }), noHttp],
    ['a lone LF at one line', response().replace('websocket\r\n', 'websocket\n'), noHttp],
    ['a lone CR at one line', response().replace('websocket\r\n', 'websocket\r'), noHttp],
    ['CR CR LF', response().replace('websocket\r\n', 'websocket\r\r\n'), noHttp],
    ...['\0', '\x01', '\x0b', '\x1b', '\x7f', '\r', '\n'].map(
      (character): Row => [`${JSON.stringify(character)} in a value`, lines(`+X-A: a${character}b`), noHttp],
    ),
    ...['\0', ' ', '"', '(', ',', '/', ';', '@', '[', '\xe9'].map(
      (character): Row => [`${JSON.stringify(character)} in a name`, lines(`+X${character}A: a`), noHttp],
    ),
    ['an empty name', lines('+: a'), noHttp],
    ['no colon', lines('+nothing'), noHttp],
    ['200 fields', lines(...fieldLines(200 - sample.length)), open()],
    ['201 fields', lines(...fieldLines(201 - sample.length)), tooMany],
    [
      '1,003 fields, those of the handshake at the end',
      `HTTP/1.1 101 x\r\n${[...fieldLines(1_000).map((line) => line.slice(1)), ...sample].join('\r\n')}\r\n\r\n`,
      tooMany,
    ],
    ['60,000 bytes in a value', lines(`+X-A: ${'y'.repeat(60_000)}`), open()],
    ['70,000 bytes in a value', lines(`+X-A: ${'y'.repeat(70_000)}`), tooLarge],
    ['70,000 bytes in a name', lines(`+${'X'.repeat(70_000)}: y`), tooLarge],
    ['70,000 bytes in the text', statusLine(`HTTP/1.1 101 ${'y'.repeat(70_000)}`), tooLarge],
    ['70,000 bytes without an end', `HTTP/1.1 101 x\r\nX-A: ${'y'.repeat(70_000)}`, tooLarge],
  ]),
  'bytes after the head': rows([
    ['frames', response([], { behind: '\x81\x01a\x01\x01b\x80\x01c' }), open('', ['a', 'bc'])],
    [
      'a masked frame',
      response([], { behind: '\x81\x81\0\0\0\0a' }),
      { kind: 'fails', code: 'ERR_WS_MASKED', closeCode: 1002 },
    ],
    ['text', response([], { behind: 'hello' }), { kind: 'fails', code: 'ERR_WS_RESERVED_BITS', closeCode: 1002 }],
    ['a second response', response() + response(), { kind: 'fails', code: 'ERR_WS_RESERVED_BITS', closeCode: 1002 }],
    [
      'a line end',
      response([], { behind: '\r\n' }),
      { kind: 'fails', code: 'ERR_WS_RESERVED_OPCODE', closeCode: 1002 },
    ],
    [
      'a compressed frame, though nothing was agreed on',
      response([], { behind: '\xc1\x01a' }),
      { kind: 'fails', code: 'ERR_WS_RESERVED_BITS', closeCode: 1002 },
    ],
  ]),
  'what is no HTTP': rows([
    ['an SSH banner', 'SSH-2.0-OpenSSH_9.2p1\r\n', noHttp],
    ['a mail server', '220 mail.example ESMTP\r\n', noHttp],
    ['a TLS alert', '\x15\x03\x01\0\x02\x02\x46', noHttp],
    ['HTML alone (HTTP/0.9)', '<html>hello</html>', noHttp],
    ['a WebSocket frame', '\x81\x05Hello', noHttp],
    ['NULs', '\0\0\0\0', noHttp],
    ['our own request', 'GET / HTTP/1.1\r\nHost: a\r\n\r\n', noHttp],
    ['a frame of HTTP/2', Buffer.from(hex('00 00 12 04 00 00 00 00 00')).toString('latin1'), noHttp],
  ]),
  'TCP ends before the head does': rows(
    [
      ['nothing', '', lost],
      ['empty lines', '\r\n\r\n', lost],
      ['only an interim answer', status('100 Continue'), lost],
      ['a head without its last line end', response().slice(0, -2), lost],
    ],
    true,
  ),
};
