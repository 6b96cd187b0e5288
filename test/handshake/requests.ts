// Requests that are just valid or just invalid opening handshakes (RFC 6455 §4.1, §4.2.1; RFC 7230), as bytes on the
// wire, and a server's answer to each. requests.test.ts sends them. A row names the parser of node:http if it decides
// before this package sees anything, and tells why we accept that it is stricter or looser than the RFC.

import { SAMPLE_ACCEPT, SAMPLE_KEY } from '../support/handshake.ts';
import { hex } from '../support/hex.ts';

/** What comes back. */
export type Answer =
  /** 101, with `fields` and the three of every handshake; these frames answer the bytes `sent` after the head. */
  | { readonly kind: 'open'; readonly accept: string; readonly fields: readonly string[]; readonly frames: Uint8Array }
  /** As `open`, but the frames after the head fail the connection: a Close frame with this code, and the end. */
  | { readonly kind: 'fails'; readonly closeCode: number }
  /** Refused by this package: whole head, and a body that begins with `text`. */
  | { readonly kind: 'refused'; readonly status: string; readonly text: string; readonly code: string }
  /**
   * As `refused`, where node:http sees no upgrade: on an application's own HTTP server this is an ordinary request, which
   * the application answers.
   */
  | { readonly kind: 'plain'; readonly status: string; readonly text: string; readonly code: string }
  /** As `refused`, by the parser of node:http: an application's own HTTP server answers it by itself. */
  | { readonly kind: 'parser'; readonly status: string; readonly text: string; readonly code: string };

export interface RequestCase {
  readonly name: string;
  /** Latin-1. */
  readonly bytes: string;
  readonly answer: Answer;
}

const sample = [
  'Host: server.example.com',
  'Upgrade: websocket',
  'Connection: Upgrade',
  `Sec-WebSocket-Key: ${SAMPLE_KEY}`,
  'Sec-WebSocket-Version: 13',
];

interface Parts {
  readonly line?: string;
  readonly end?: string;
  readonly behind?: string;
}

/**
 * A request head with the lines of the sample handshake. A line of `changes` takes the place of those of its name, `-name`
 * removes them, `+line` comes in addition.
 */
function request(changes: readonly string[] = [], { line = 'GET / HTTP/1.1', end = '\r\n', behind = '' }: Parts = {}) {
  const nameOf = (text: string) => text.replace(/^-/, '').replace(/:.*$/s, '').trim().toLowerCase();
  const replaced = changes.filter((change) => !change.startsWith('+')).map(nameOf);
  const lines = [
    line,
    ...sample.filter((each) => !replaced.includes(nameOf(each))),
    ...changes.filter((change) => !change.startsWith('-')).map((change) => change.replace(/^\+/, '')),
  ];
  return `${lines.join(end)}${end}${end}${behind}`;
}

function open(fields: readonly string[] = [], frames = '', accept = SAMPLE_ACCEPT): Answer {
  return { kind: 'open', accept, fields, frames: hex(frames) };
}

/** Of 200 fields at most by default. */
const headerCount: Answer = {
  kind: 'refused',
  status: '431 Request Header Fields Too Large',
  text: 'request has more than maxHeaderCount (200) ',
  code: 'ERR_WS_REQUEST_HEADER_COUNT',
};

const fieldLines = (count: number): string[] => Array.from({ length: count }, (_, index) => `+X-${index}: y`);

const statuses = { METHOD: '405 Method Not Allowed', UPGRADE: '426 Upgrade Required', VERSION: '426 Upgrade Required' };

function refused(code: string, text: string): Answer {
  return { kind: 'refused', status: statusOf(code), text, code: `ERR_WS_REQUEST_${code}` };
}

function plain(code: string, text: string): Answer {
  return { kind: 'plain', status: statusOf(code), text, code: `ERR_WS_REQUEST_${code}` };
}

function statusOf(code: string): string {
  return (statuses as Record<string, string>)[code] ?? '400 Bad Request';
}

const badRequest: Answer = {
  kind: 'parser',
  status: '400 Bad Request',
  text: 'received bytes that are not an HTTP request (',
  code: 'ERR_WS_REQUEST_MALFORMED',
};
const proxyHeader: Answer = {
  ...badRequest,
  text: 'PROXY protocol header is not expected here: this port does not read the PROXY protocol; ',
  code: 'ERR_WS_REQUEST_PROXY_HEADER',
};
const tooLarge: Answer = {
  kind: 'parser',
  status: '431 Request Header Fields Too Large',
  text: 'request head exceeds maxHeaderSize (65536 bytes)',
  code: 'ERR_WS_REQUEST_HEADER_SIZE',
};

type Row = readonly [name: string, bytes: string, answer: Answer];

function rows(list: readonly Row[]): RequestCase[] {
  return list.map(([name, bytes, answer]) => ({ name, bytes, answer }));
}

const lines = (...list: string[]): string => request(list);
const startLine = (line: string): string => request([], { line });
const method = (name: string, target = '/'): Row => [
  name,
  startLine(`${name} ${target} HTTP/1.1`),
  refused('METHOD', `request method is "${name}"`),
];

export const requestCases: Readonly<Record<string, readonly RequestCase[]>> = {
  'RFC 6455 §4.2.1 item 1: the method is GET': rows([
    ['GET', lines(), open()],
    ...['POST', 'HEAD', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'PROPFIND'].map((name) => method(name)),
    method('OPTIONS', '*'),
    // Registered methods with a body in mind; the body would be taken for frames.
    [
      'POST with a body',
      request(['Content-Length: 5'], { line: 'POST / HTTP/1.1', behind: 'hello' }),
      method('POST')[2],
    ],
    [
      'POST, no upgrade',
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n',
      plain('METHOD', 'request method is "POST"'),
    ],
    // The parser knows the registered methods. RFC 7231 §4.1 has 501 for others; 400 refuses as well.
    ['get: methods have a case', startLine('get / HTTP/1.1'), badRequest],
    ['Get', startLine('Get / HTTP/1.1'), badRequest],
    ['a method nobody knows', startLine('FOO / HTTP/1.1'), badRequest],
    ['no method', startLine('/ HTTP/1.1'), badRequest],
    ['the preface of HTTP/2 (RFC 7540 §3.5)', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', badRequest],
  ]),
  'RFC 6455 §4.2.1 item 1: the version is 1.1 or higher': rows([
    ['HTTP/1.0', startLine('GET / HTTP/1.0'), refused('HTTP_VERSION', 'request has HTTP version "1.0"')],
    ['HTTP/0.9 in the line', startLine('GET / HTTP/0.9'), refused('HTTP_VERSION', 'request has HTTP version "0.9"')],
    ['HTTP/0.9: no version at all', 'GET /\r\n\r\n', plain('HTTP_VERSION', 'request has HTTP version "0.9"')],
    // "HTTP/1.1 or higher": no such version has this form, but nothing speaks against what follows.
    ['HTTP/2.0', startLine('GET / HTTP/2.0'), open()],
    // The parser knows 0.9, 1.0, 1.1 and 2.0. There are no others.
    ...[
      'HTTP/1.2',
      'HTTP/3.0',
      'HTTP/1',
      'HTTP/11.1',
      'HTTP/1.11',
      'HTTP/01.1',
      'HTTP/a.b',
      'http/1.1',
      'HTTPS/1.1',
      'WS/1.1',
      'HTTP 1.1',
    ].map((version): Row => [version, startLine(`GET / ${version}`), badRequest]),
  ]),
  'RFC 7230 §3.1.1: the request line': rows([
    // RFC 7230 §3.5 lets a recipient take white space of any kind and amount. The parser takes two spaces and no tab.
    ['two spaces before the target', startLine('GET  / HTTP/1.1'), open()],
    ['tabs', startLine('GET\t/\tHTTP/1.1'), badRequest],
    ['a space behind', startLine('GET / HTTP/1.1 '), badRequest],
    ['a space before', startLine(' GET / HTTP/1.1'), badRequest],
    ['something after the version', startLine('GET / HTTP/1.1 x'), badRequest],
    // RFC 7230 §3.5: "a server … SHOULD ignore at least one empty line (CRLF) received prior to the request-line".
    ['empty lines before', `\r\n\r\n${request()}`, open()],
    ['an empty target', startLine('GET  HTTP/1.1'), badRequest],
    ['a line that is a response', startLine('HTTP/1.1 101 Switching Protocols'), badRequest],
    ['a line of the PROXY protocol before', `PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n${request()}`, proxyHeader],
  ]),
  'RFC 6455 §4.2.1 item 1: the target': rows([
    ['a path', startLine('GET /chat HTTP/1.1'), open()],
    ['a query', startLine('GET /?a=b&c=%20 HTTP/1.1'), open()],
    ['an empty query', startLine('GET /? HTTP/1.1'), open()],
    ['dots', startLine('GET /../x/./y HTTP/1.1'), open()],
    ['two slashes', startLine('GET //other.example/x HTTP/1.1'), open()],
    ['a percent-encoded #', startLine('GET /%23x HTTP/1.1'), open()],
    // Not in the grammar of RFC 3986; browsers send some of them in queries, and the parser takes them.
    ['quotes and brackets', startLine('GET /"<>^`{|}\\ HTTP/1.1'), open()],
    [
      'a fragment (RFC 6455 §3: must not be used)',
      startLine('GET /#x HTTP/1.1'),
      refused('TARGET', 'request target is "/#x"'),
    ],
    ['a fragment behind a query', startLine('GET /?a#x HTTP/1.1'), refused('TARGET', 'request target is "/?a#x"')],
    ['an empty fragment', startLine('GET /# HTTP/1.1'), refused('TARGET', 'request target is "/#"')],
    ['http: URL', startLine('GET http://server.example.com/x HTTP/1.1'), open()],
    ['http: URL without a path', startLine('GET http://server.example.com?a HTTP/1.1'), open()],
    ['http: URL with a port', startLine('GET http://server.example.com:8080/ HTTP/1.1'), open()],
    ['http: URL with an IPv6 address', startLine('GET http://[::1]:8080/ HTTP/1.1'), open()],
    ['HTTPS: URL', startLine('GET HTTPS://server.example.com/ HTTP/1.1'), open()],
    // RFC 7230 §5.4: the host of an absolute target stands in for Host, which is ignored.
    ['http: URL of another host than Host', startLine('GET http://other.example/x HTTP/1.1'), open()],
    [
      'http: URL with a fragment',
      startLine('GET http://a/#x HTTP/1.1'),
      refused('TARGET', 'request target is "http://a/#x"'),
    ],
    // RFC 7230 §2.7.1: "A recipient that processes such a URI reference MUST reject it as invalid."
    [
      'http: URL without a host',
      startLine('GET http:///x HTTP/1.1'),
      refused('TARGET', 'request target is "http:///x"'),
    ],
    [
      'http: URL with nothing behind',
      startLine('GET http:// HTTP/1.1'),
      refused('TARGET', 'request target is "http://"'),
    ],
    // RFC 7230 §2.7.1: "treat its presence as an error".
    [
      'http: URL with a user',
      startLine('GET http://me:secret@a/ HTTP/1.1'),
      refused('TARGET', 'request target is "http://me'),
    ],
    [
      'http: URL with no port number',
      startLine('GET http://a:b/ HTTP/1.1'),
      refused('TARGET', 'request target is "http://a:b/"'),
    ],
    // RFC 6455 §4.1: "an absolute http/https URI".
    [
      'ws: URL',
      startLine('GET ws://server.example.com/ HTTP/1.1'),
      refused('TARGET', 'request target is "ws://server.example.com/"'),
    ],
    [
      'wss: URL',
      startLine('GET wss://server.example.com/ HTTP/1.1'),
      refused('TARGET', 'request target is "wss://server.example.com/"'),
    ],
    [
      'ftp: URL',
      startLine('GET ftp://server.example.com/ HTTP/1.1'),
      refused('TARGET', 'request target is "ftp://server.example.com/"'),
    ],
    ['* (OPTIONS has it)', startLine('GET * HTTP/1.1'), refused('TARGET', 'request target is "*"')],
    ['an authority (CONNECT has it)', startLine('GET server.example.com:80 HTTP/1.1'), badRequest],
    ['no slash', startLine('GET chat HTTP/1.1'), badRequest],
    ['a query alone', startLine('GET ?x HTTP/1.1'), badRequest],
    ['a space', startLine('GET /a b HTTP/1.1'), badRequest],
    ['bytes beyond ASCII', startLine('GET /\xc3\xa9 HTTP/1.1'), badRequest],
    ...['\0', '\x01', '\t', '\x0b', '\x1b', '\x7f'].map(
      (character): Row => [
        `the character ${JSON.stringify(character)}`,
        startLine(`GET /a${character}b HTTP/1.1`),
        badRequest,
      ],
    ),
  ]),
  'RFC 6455 §4.2.1 item 2: Host': rows([
    ...[
      'a',
      'A.Example',
      'localhost',
      'a:80',
      'a:',
      '127.0.0.1:8080',
      '[::1]',
      '[::1]:8080',
      '[v1.x:y]',
      'a_b',
      "a-._~!$&'()*+;=z",
      '%61',
      'a:99999',
    ].map((host): Row => [host, lines(`Host: ${host}`), open()]),
    ['in other letters', lines('-Host', '+hOST: a'), open()],
    ['none', lines('-Host'), refused('HOST', 'request has no Host field')],
    ['two', lines('Host: a', '+Host: b'), refused('HOST', 'request has Host: "a, b"')],
    ['the same twice', lines('Host: a', '+host: a'), refused('HOST', 'request has Host: "a, a"')],
    ['empty', lines('Host:'), refused('HOST', 'request has Host: ""')],
    ['blanks', lines('Host:  \t '), refused('HOST', 'request has Host: ""')],
    // RFC 7230 §5.4: 400 for "a Host header field with an invalid field-value".
    ...[
      'a/b',
      'http://a',
      'u@a',
      'u:p@a',
      'a b',
      'a,b',
      'a, b',
      'a?b',
      'a#b',
      'a:b',
      'a:80:80',
      ':80',
      '::1',
      '[::1',
      '::1]',
      '[]',
      '[::1]x',
      'a"',
      '<a>',
      'a\\b',
      '%',
      '%zz',
      'a%0',
      '\xe9',
    ].map((host): Row => [host, lines(`Host: ${host}`), refused('HOST', `request has Host: ${JSON.stringify(host)}`)]),
  ]),
  'RFC 6455 §4.2.1 item 3: Upgrade': rows([
    ...[
      'websocket',
      'WebSocket',
      'WEBSOCKET',
      'h2c, websocket',
      'websocket, h2c',
      'websocket,websocket',
      ', ,websocket,',
      'foo/1,\twebsocket\t,bar',
    ].map((value): Row => [value, lines(`Upgrade: ${value}`), open()]),
    ['two fields', lines('Upgrade: h2c', '+Upgrade: websocket'), open()],
    ['in other letters', lines('-Upgrade', '+uPgRaDe: wEbSoCkEt'), open()],
    ['none', lines('-Upgrade'), plain('UPGRADE', 'request has no Upgrade field')],
    [
      'none, nothing of a handshake',
      'GET / HTTP/1.1\r\nHost: a\r\n\r\n',
      plain('UPGRADE', 'request has no Upgrade field'),
    ],
    ['empty', lines('Upgrade:'), plain('UPGRADE', 'request has Upgrade: ""')],
    ...[
      'h2c',
      'websockets',
      'web socket',
      'websocket/13',
      '"websocket"',
      'websocket;q=1',
      'TLS/1.0, HTTP/1.1',
      'websoc\xe2\x84\xaaet',
    ].map(
      (value): Row => [
        value,
        lines(`Upgrade: ${value}`),
        refused('UPGRADE', `request has Upgrade: ${JSON.stringify(value)}`),
      ],
    ),
  ]),
  'RFC 6455 §4.2.1 item 4: Connection': rows([
    ...[
      'Upgrade',
      'upgrade',
      'UPGRADE',
      'keep-alive, Upgrade',
      'Upgrade, keep-alive',
      'Upgrade,Keep-Alive',
      'close, Upgrade',
      ',, upgrade ,',
      'a, b, c, upgrade',
      'upgrade, upgrade',
    ].map((value): Row => [value, lines(`Connection: ${value}`), open()]),
    ['two fields', lines('Connection: keep-alive', '+Connection: Upgrade'), open()],
    ['two fields, the other way round', lines('Connection: Upgrade', '+Connection: keep-alive'), open()],
    ['in other letters', lines('-Connection', '+cOnNeCtIoN: uPgRaDe'), open()],
    ['none', lines('-Connection'), plain('CONNECTION', 'request has no Connection field')],
    ['empty', lines('Connection:'), plain('CONNECTION', 'request has Connection: ""')],
    // What a proxy makes of a handshake that it does not know.
    ...[
      'keep-alive',
      'close',
      'upgraded',
      'websocket',
      'x upgrade',
      'upgrade x',
      '"upgrade"',
      'up grade',
      'not-upgrade',
      'upgrade-insecure',
    ].map(
      (value): Row => [
        value,
        lines(`Connection: ${value}`),
        plain('CONNECTION', `request has Connection: ${JSON.stringify(value)}`),
      ],
    ),
  ]),
  'RFC 6455 §4.2.1 item 5: Sec-WebSocket-Key': rows([
    ['in other letters', lines('-Sec-WebSocket-Key', `+sec-websocket-KEY: ${SAMPLE_KEY}`), open()],
    ['of zeros', lines('Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=='), open([], '', 'ICX+Yqv66kxgM0FcWaLWlFLwTAI=')],
    [
      'with + and /',
      lines('Sec-WebSocket-Key: ++++++++++//////////+Q=='),
      open([], '', 'uPqU04hRUUg97An2d1wtYIT9X6Q='),
    ],
    // RFC 4648 §3.5: a decoder need not look at the bits after the last byte.
    [
      'with bits after the last byte',
      lines('Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAB=='),
      open([], '', 'NRJrplgTSmBqvVaQhF+6peBS1S8='),
    ],
    ['none', lines('-Sec-WebSocket-Key'), refused('KEY_MISSING', 'request has no Sec-WebSocket-Key field')],
    [
      'twice',
      lines(`+Sec-WebSocket-Key: ${SAMPLE_KEY}`),
      refused('KEY_REPEATED', 'request has 2 Sec-WebSocket-Key fields'),
    ],
    [
      'three times, different',
      lines('+Sec-WebSocket-Key: a', '+sec-websocket-key: b'),
      refused('KEY_REPEATED', 'request has 3 Sec-WebSocket-Key fields'),
    ],
    ...[
      '',
      '=',
      '==',
      'Zm9v',
      'dGhlIHNhbXBsZSBub25jZQ',
      'dGhlIHNhbXBsZSBub25jZQ=',
      'dGhlIHNhbXBsZSBub25jZQ===',
      'AAAAAAAAAAAAAAAAAAAA',
      'AAAAAAAAAAAAAAAAAAAAAAA=',
      'AAAAAAAAAAAAAAAAAAAAAAAA',
      'AAAAAAAAAAAAAAAAAAAAAAAAAA==',
      '!!!!!!!!!!!!!!!!!!!!!!==',
      '-_-_-_-_-_-_-_-_-_-_-Q==',
      'dGhlIHNhbXBs ZSBub25jZQ==',
      '"dGhlIHNhbXBsZSBub25jZQ=="',
      'dGhlIHNhbXBsZSBub25jZQ==, dGhlIHNhbXBsZSBub25jZQ==',
      'dGhlIHNhbXBsZSBub25jZ===',
      'dGhlIHNhbXBsZSBub25jZQ%3D%3D',
      'dGhlIHNhbXBsZSBub25j\xe9Q==',
    ].map(
      (key): Row => [
        JSON.stringify(key),
        lines(`Sec-WebSocket-Key: ${key}`),
        refused('KEY', `request has Sec-WebSocket-Key: ${JSON.stringify(key)}`),
      ],
    ),
    [
      'of 10,000 characters: the answer shows its beginning',
      lines(`Sec-WebSocket-Key: ${'A'.repeat(10_000)}`),
      refused('KEY', `request has Sec-WebSocket-Key: "${'A'.repeat(116)}…`),
    ],
  ]),
  'RFC 6455 §4.2.1 item 6, §4.4: Sec-WebSocket-Version': rows([
    ['in other letters', lines('-Sec-WebSocket-Version', '+SEC-WEBSOCKET-VERSION: 13'), open()],
    ['blanks around', lines('Sec-WebSocket-Version: \t13 \t'), open()],
    ['none', lines('-Sec-WebSocket-Version'), refused('VERSION_MISSING', 'request has no Sec-WebSocket-Version field')],
    ...[
      '',
      '0',
      '7',
      '8',
      '12',
      '14',
      '25',
      '255',
      '13, 8',
      '8, 13',
      '13, 13',
      '013',
      '+13',
      '13.0',
      '1 3',
      '-13',
      '0x0d',
      '"13"',
      'thirteen',
      '13;',
      '\xb113',
    ].map(
      (version): Row => [
        JSON.stringify(version),
        lines(`Sec-WebSocket-Version: ${version}`),
        refused('VERSION', `request has Sec-WebSocket-Version: ${JSON.stringify(version)}`),
      ],
    ),
    ['twice', lines('+Sec-WebSocket-Version: 13'), refused('VERSION', 'request has Sec-WebSocket-Version: "13, 13"')],
    [
      'twice, different',
      lines('+Sec-WebSocket-Version: 8'),
      refused('VERSION', 'request has Sec-WebSocket-Version: "13, 8"'),
    ],
    // Hixie-76: no version, two keys of its own, eight bytes after the head.
    [
      'the draft of hixie-76',
      'GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: WebSocket\r\nOrigin: http://a\r\nSec-WebSocket-Key1: 4 @1  46546xW%0l 1 5\r\nSec-WebSocket-Key2: 12998 5 Y3 1  .P00\r\n\r\n^n:ds[4U',
      refused('VERSION_MISSING', 'request has no Sec-WebSocket-Version field'),
    ],
    [
      'another version, whatever its key looks like',
      lines('Sec-WebSocket-Version: 7', 'Sec-WebSocket-Key: x'),
      refused('VERSION', 'request has Sec-WebSocket-Version: "7"'),
    ],
  ]),
  'RFC 6455 §4.2.1 item 7: Origin, and fields that do not matter': rows([
    ...['http://example.com', 'null', '', 'not an origin', 'http://a http://b'].map(
      (origin): Row => [`Origin ${JSON.stringify(origin)}`, lines(`+Origin: ${origin}`), open()],
    ),
    ['two Origins', lines('+Origin: http://a', '+Origin: http://b'), open()],
    ['Sec-WebSocket-Accept', lines(`+Sec-WebSocket-Accept: ${SAMPLE_ACCEPT}`), open()],
    ['Sec-WebSocket-Something', lines('+Sec-WebSocket-Something: x'), open()],
    ['Expect: 100-continue, which is about a body', lines('+Expect: 100-continue'), open()],
    ['Trailer', lines('+Trailer: x'), open()],
    ['Cookie and Authorization', lines('+Cookie: a=b; c="d"', '+Authorization: Basic YTpi'), open()],
    ['an empty field', lines('+X-Empty:'), open()],
    ['a field with a tab', lines('+X-A: a\tb'), open()],
    ['bytes beyond ASCII in a value (obs-text)', lines('+X-A: \xe9\xff\x80'), open()],
    ['all punctuation of a token in a name', lines("+!#$%&'*+-.^_`|~1aA: x"), open()],
    ['100 fields', lines(...Array.from({ length: 100 }, (_, index) => `+X-${index}: y`)), open()],
  ]),
  'RFC 6455 §4.2.1 item 8: Sec-WebSocket-Protocol, of a server that speaks chat and v2': rows([
    ...['chat', ' chat ', 'x, chat', 'chat, v2', 'x,chat,v2', ',,chat,', 'CHAT, chat'].map(
      (list): Row => [
        JSON.stringify(list),
        lines(`Sec-WebSocket-Protocol: ${list}`),
        open(['Sec-WebSocket-Protocol: chat']),
      ],
    ),
    [
      "the client's order counts (RFC 6455 §4.2.2)",
      lines('Sec-WebSocket-Protocol: v2, chat'),
      open(['Sec-WebSocket-Protocol: v2']),
    ],
    [
      'over two fields',
      lines('+Sec-WebSocket-Protocol: x', '+sec-websocket-protocol: v2'),
      open(['Sec-WebSocket-Protocol: v2']),
    ],
    // RFC 6455 §4.2.2: the field is absent then. Whether to go on is for the client to decide.
    ...['x', 'Chat', 'chat2', 'v', 'x, y, z'].map(
      (list): Row => [JSON.stringify(list), lines(`Sec-WebSocket-Protocol: ${list}`), open()],
    ),
    ...[
      '',
      ',',
      ' , , ',
      'a b',
      'chat v2',
      'a;b',
      '"chat"',
      'a/b',
      'a:b',
      'a=b',
      'a@b',
      '(a)',
      'a, {b}',
      'chat, \xe9',
      'a\tb',
    ].map(
      (list): Row => [
        JSON.stringify(list),
        lines(`Sec-WebSocket-Protocol: ${list}`),
        refused('SUBPROTOCOLS', `request has Sec-WebSocket-Protocol: ${JSON.stringify(list.trim())}`),
      ],
    ),
    // RFC 6455 §4.1 item 10: "all unique strings".
    [
      'chat twice',
      lines('Sec-WebSocket-Protocol: chat, chat'),
      refused('SUBPROTOCOL_REPEATED', 'request offers subprotocol "chat" more than once'),
    ],
    [
      'one that is not supported twice',
      lines('Sec-WebSocket-Protocol: chat, x, x'),
      refused('SUBPROTOCOL_REPEATED', 'request offers subprotocol "x" more than once'),
    ],
    [
      'twice over two fields',
      lines('+Sec-WebSocket-Protocol: a, chat', '+Sec-WebSocket-Protocol: chat'),
      refused('SUBPROTOCOL_REPEATED', 'request offers subprotocol "chat" more than once'),
    ],
  ]),
  'RFC 6455 §4.2.1 item 9, §9.1: Sec-WebSocket-Extensions, of a server that has permessage-deflate': rows([
    [
      'permessage-deflate',
      lines('Sec-WebSocket-Extensions: permessage-deflate'),
      open(['Sec-WebSocket-Extensions: permessage-deflate']),
    ],
    [
      'in other letters of the field',
      lines('-x', '+SEC-WEBSOCKET-EXTENSIONS: permessage-deflate'),
      open(['Sec-WebSocket-Extensions: permessage-deflate']),
    ],
    [
      'among others',
      lines('Sec-WebSocket-Extensions: foo; a=b, permessage-deflate, bar'),
      open(['Sec-WebSocket-Extensions: permessage-deflate']),
    ],
    [
      'over two fields',
      lines('+Sec-WebSocket-Extensions: foo', '+Sec-WebSocket-Extensions: permessage-deflate'),
      open(['Sec-WebSocket-Extensions: permessage-deflate']),
    ],
    // RFC 7692 §7.1: an offer with an unknown or invalid parameter is declined, and the next offer is looked at.
    ['with a parameter that nobody knows', lines('Sec-WebSocket-Extensions: permessage-deflate; foo'), open()],
    [
      'with such a parameter, then without',
      lines('Sec-WebSocket-Extensions: permessage-deflate; foo, permessage-deflate'),
      open(['Sec-WebSocket-Extensions: permessage-deflate']),
    ],
    [
      'with a window of 7 bits',
      lines('Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=7'),
      open(),
    ],
    [
      'with a parameter twice',
      lines('Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; server_no_context_takeover'),
      open(),
    ],
    ...[
      'foo',
      'foo; bar',
      'foo; bar=baz',
      'foo; bar="baz"',
      'foo ; bar = baz , qux',
      'foo;bar;bar=1',
      ', foo,,',
      'x-webkit-deflate-frame',
      'foo; bar="b\\az"',
      'Permessage-Deflate',
    ].map((list): Row => [`nothing that is supported: ${list}`, lines(`Sec-WebSocket-Extensions: ${list}`), open()]),
    ...[
      '',
      ',',
      ';',
      'a;',
      'a;;b',
      'a; b=',
      'a; =b',
      'a; b="',
      'a; b="c',
      'a; b="c d"',
      'a; b=""',
      'a; b=c d',
      'a b',
      '=',
      'a=b',
      '"a"',
      'a; "b"',
      'a, ;b',
      'a; b=c;',
      'a/b',
      'a; b=c=d',
      '\xe9',
      'permessage-deflate; \xe9',
    ].map(
      (list): Row => [
        JSON.stringify(list),
        lines(`Sec-WebSocket-Extensions: ${list}`),
        refused('EXTENSIONS', `request has Sec-WebSocket-Extensions: ${JSON.stringify(list)}: `),
      ],
    ),
  ]),
  'RFC 7230 §3.3: a handshake has no body': rows([
    ['Content-Length: 0', lines('+Content-Length: 0'), open()],
    ['Content-Length: 00', lines('+Content-Length: 00'), open()],
    [
      'Content-Length: 0 with a frame behind',
      request(['+Content-Length: 0'], { behind: '\x81\x81\0\0\0\0a' }),
      open([], '81 01 61'),
    ],
    ['a body', request(['+Content-Length: 5'], { behind: 'hello' }), refused('BODY', 'request announces a body')],
    ['a body that is yet to come', lines('+Content-Length: 5'), refused('BODY', 'request announces a body')],
    [
      'chunks',
      request(['+Transfer-Encoding: chunked'], { behind: '0\r\n\r\n' }),
      refused('BODY', 'request announces a body'),
    ],
    ['chunks that are yet to come', lines('+Transfer-Encoding: chunked'), refused('BODY', 'request announces a body')],
    ['Transfer-Encoding: identity', lines('+Transfer-Encoding: identity'), refused('BODY', 'request announces a body')],
    [
      'Transfer-Encoding: gzip, chunked',
      lines('+Transfer-Encoding: gzip, chunked'),
      refused('BODY', 'request announces a body'),
    ],
    // Where two readers of a head could differ about its end, the parser has none of it (RFC 7230 §3.3.3).
    ['Content-Length twice', lines('+Content-Length: 0', '+Content-Length: 0'), badRequest],
    ['both', request(['+Transfer-Encoding: chunked', '+Content-Length: 0'], { behind: '0\r\n\r\n' }), badRequest],
    ...['', '-1', '+0', '0x0', '0, 0', 'x', '1 1', '0;', '99999999999999999999999'].map(
      (length): Row => [`Content-Length: ${JSON.stringify(length)}`, lines(`+Content-Length: ${length}`), badRequest],
    ),
  ]),
  'RFC 7230 §3.2.4: lines, and white space in them': rows([
    ['no space after the colons', request().replaceAll(': ', ':'), open()],
    [
      'spaces and tabs around the values',
      lines('Host: \t a \t', 'Upgrade:\twebsocket \t', 'Connection: \tUpgrade', `Sec-WebSocket-Key:\t${SAMPLE_KEY}\t`),
      open(),
    ],
    ['any order', `GET / HTTP/1.1\r\n${[...sample].reverse().join('\r\n')}\r\n\r\n`, open()],
    // "No whitespace is allowed between the header field-name and colon": 400.
    ['a space before a colon', lines('Upgrade : websocket'), badRequest],
    ['a tab before a colon', lines('Host\t: a'), badRequest],
    // Folded values: "either reject the message by sending a 400 … or replace".
    ['a folded value', lines('+X-A: a\r\n b'), badRequest],
    ['a value folded by a tab', lines('+X-A: a\r\n\tb'), badRequest],
    ['a folded Upgrade', lines('Upgrade:\r\n websocket'), badRequest],
    // RFC 7230 §3: "either reject the message as invalid or consume each whitespace-preceded line".
    ['a space before the first field', `GET / HTTP/1.1\r\n ${sample.join('\r\n')}\r\n\r\n`, badRequest],
    // RFC 7230 §3.5 lets a recipient take a lone LF. The parser does not: proxies have been tricked by it.
    ['a lone LF', request([], { end: '\n' }), badRequest],
    ['a lone LF at one line', request().replace('websocket\r\n', 'websocket\n'), badRequest],
    ['a lone LF at the end', request().replace(/\r\n$/, '\n'), badRequest],
    ['a lone CR', request([], { end: '\r' }), badRequest],
    ['a lone CR at one line', request().replace('websocket\r\n', 'websocket\r'), badRequest],
    ['CR CR LF', request().replace('websocket\r\n', 'websocket\r\r\n'), badRequest],
    ['LF CR', request().replace('websocket\r\n', 'websocket\n\r'), badRequest],
  ]),
  'RFC 7230 §3.2.6: what may stand in a field': rows([
    ...['\0', '\x01', '\x08', '\x0b', '\x0c', '\x1b', '\x1f', '\x7f', '\r', '\n'].map(
      (character): Row => [`${JSON.stringify(character)} in a value`, lines(`+X-A: a${character}b`), badRequest],
    ),
    ...[
      '\0',
      '\x01',
      '\x7f',
      ' ',
      '\t',
      '"',
      '(',
      ')',
      ',',
      '/',
      ';',
      '<',
      '=',
      '>',
      '?',
      '@',
      '[',
      '\\',
      ']',
      '{',
      '}',
      '\xe9',
      '\xff',
    ].map((character): Row => [`${JSON.stringify(character)} in a name`, lines(`+X${character}A: a`), badRequest]),
    ['an empty name', lines('+: a'), badRequest],
    ['no colon', lines('+nothing'), badRequest],
    ['a NUL in the version', lines('Sec-WebSocket-Version: 13\0'), badRequest],
  ]),
  'bytes after the head': rows([
    ['a text frame', request([], { behind: '\x81\x81\0\0\0\0a' }), open([], '81 01 61')],
    [
      'three frames',
      request([], { behind: '\x81\x81\0\0\0\0a\x89\x81\0\0\0\0b\x81\x81\0\0\0\0c' }),
      open([], '81 01 61  8a 01 62  81 01 63'),
    ],
    ['a Close', request([], { behind: '\x88\x82\0\0\0\0\x03\xe8' }), open([], '88 02 03 e8')],
    ['a second request, which is not a frame', request() + request(), { kind: 'fails', closeCode: 1002 }],
    ['text', request([], { behind: 'hello' }), { kind: 'fails', closeCode: 1002 }],
    ['a line end', request([], { behind: '\r\n' }), { kind: 'fails', closeCode: 1002 }],
    ['an unmasked frame', request([], { behind: '\x81\x01a' }), { kind: 'fails', closeCode: 1002 }],
    [
      'behind what is refused: not looked at',
      request(['Upgrade: h2c'], { behind: '\x81\x81\0\0\0\0a' }),
      refused('UPGRADE', 'request has Upgrade: "h2c"'),
    ],
    [
      'a second request behind one that is refused: not answered',
      request(['Sec-WebSocket-Version: 8']) + request(),
      refused('VERSION', 'request has Sec-WebSocket-Version: "8"'),
    ],
  ]),
  'what is no HTTP': rows([
    ['an SSH banner', 'SSH-2.0-OpenSSH_9.2p1\r\n', badRequest],
    [
      'a TLS ClientHello',
      '\x16\x03\x01\0\x05\x01\0\0\x01\0',
      {
        ...badRequest,
        text: 'received a TLS handshake on a port that serves plain ws://: use ws://, or configure tls',
      },
    ],
    ['a WebSocket frame', '\x81\x85\0\0\0\0Hello', badRequest],
    ['NULs', '\0\0\0\0\0\0\0\0', badRequest],
    ['SOCKS5', '\x05\x01\0', badRequest],
    ['Redis', '*1\r\n$4\r\nPING\r\n', badRequest],
    ['JSON', '{"a":1}\r\n', badRequest],
  ]),
};

/** Of a server with the default `maxHeaderSize`; an application's own HTTP server has its own bounds. */
export const largeRequests: readonly RequestCase[] = rows([
  ['200 fields', lines(...fieldLines(200 - sample.length)), open()],
  ['201 fields', lines(...fieldLines(201 - sample.length)), headerCount],
  [
    '1,005 fields, those of the handshake at the end',
    `GET / HTTP/1.1\r\n${[...fieldLines(1_000).map((line) => line.slice(1)), ...sample].join('\r\n')}\r\n\r\n`,
    headerCount,
  ],
  ['60,000 bytes in a value', lines(`+X-A: ${'y'.repeat(60_000)}`), open()],
  ['60,000 bytes in the target', startLine(`GET /${'y'.repeat(60_000)} HTTP/1.1`), open()],
  ['70,000 bytes in a value', lines(`+X-A: ${'y'.repeat(70_000)}`), tooLarge],
  ['70,000 bytes in a name', lines(`+${'X'.repeat(70_000)}: y`), tooLarge],
  ['70,000 bytes in the target', startLine(`GET /${'y'.repeat(70_000)} HTTP/1.1`), tooLarge],
  [
    '70,000 bytes in several fields',
    lines(...Array.from({ length: 70 }, (_, index) => `+X-${index}: ${'y'.repeat(1_000)}`)),
    tooLarge,
  ],
  ['70,000 bytes without an end', `GET / HTTP/1.1\r\nX-A: ${'y'.repeat(70_000)}`, tooLarge],
]);
