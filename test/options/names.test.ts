// Names that are not options: misspelt ones, those of other libraries, those that belong to another call. The error says
// what to write instead. And objects that are not `{ … }`: instances, prototypes, whatever somebody put on all objects.

import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { describe, test } from 'node:test';
import { connectionOptions } from '../../src/core/connection/complete-settings.ts';
import { readOptions } from '../../src/core/option-check.ts';
import { accept, connect, createServer } from '../../src/engine/index.ts';
import { serverSchema } from '../../src/server/option-rows.ts';
import { isError, rejectsWith } from '../support/expect.ts';
import { openHandles } from '../support/handles.ts';
import { entries, optionsOf } from './entries.ts';

async function refusal(call: string, options: unknown): Promise<unknown> {
  const entry = entries.find(({ name }) => name === call);
  assert.ok(entry !== undefined, call);
  try {
    await entry.call(options);
  } catch (error) {
    return error;
  }
  return undefined;
}

const f = () => {};

/** What is said of an unknown name. */
const table: readonly (readonly [call: string, options: object, ...parts: string[]])[] = [
  // Misspelt
  [
    'createServer',
    { allowedOrigin: ['https://a.example'] },
    'allowedOrigin (an array of 1) is not an option: did you mean allowedOrigins?',
  ],
  ['createServer', { mesage: f }, 'did you mean message?'],
  ['createServer', { MESSAGE: f }, 'did you mean message?'],
  ['createServer', { compresion: true }, 'did you mean compression?'],
  [
    'createServer',
    { heartbeat: { intervall: 5 } },
    'heartbeat.intervall (5) is not an option: did you mean heartbeat.interval?',
  ],
  [
    'createServer',
    { limits: { maxMesageSize: 5 } },
    'limits.maxMesageSize (5) is not an option: did you mean limits.maxMessageSize?',
  ],
  ['createServer', { compression: { treshold: 5 } }, 'did you mean compression.threshold?'],
  ['createServer', { trustedProxys: [] }, 'did you mean trustedProxies?'],
  ['connect', { handshakeTimout: 5 }, 'handshakeTimout (5) is not an option: did you mean handshakeTimeout?'],
  [
    'connect',
    { header: { Authorization: 'Bearer s3cret' } },
    'header ({ Authorization }) is not an option: use headers',
  ],
  ['connect', { tls: { rejectUnauthorised: false } }, 'did you mean tls.rejectUnauthorized?'],
  ['connect', { handlers: { mesage: f } }, 'did you mean handlers.message?'],
  ['connect', { proxy: { host: 'a', port: 1, pasword: 's3cret' } }, 'did you mean proxy.password?'],
  ['connect', { subProtocols: ['a'] }, 'did you mean subprotocols?'],
  ['connect', { maxRedirect: 5 }, 'did you mean maxRedirects?'],
  ['listen', { prot: 8080 }, 'did you mean port?'],
  ['attach', { paths: ['/a'] }, 'createServer({ paths })'],
  ['attach', { Path: '/a' }, 'did you mean path?'],
  ['drain', { deadLine: 5 }, 'did you mean deadline?'],
  ['publish', { expect: 5 }, 'did you mean except?'],
  ['accept', { subProtocol: 'a' }, 'did you mean subprotocol?'],
  ['accept', { contxt: 'a' }, 'did you mean context?'],
  ['configure', { profil: 'device' }, 'did you mean profile?'],
  ['useNetwork', { latencey: 5 }, 'did you mean latency?'],
  ['peer.sendFrame', { opcode: 'text', payLoad: 'x' }, 'did you mean payload?'],
  // Near to nothing
  [
    'createServer',
    { colour: 5 },
    'colour (5) is not an option: the options are upgrade, open, message',
    'an instance of a class',
  ],
  ['listen', { x: 5 }, 'the options are port, host, path, mode, reusePort, proxyProtocol, tls, request'],
  ['accept', { colour: 5 }, 'the options are context, subprotocol, headers'],
  ['createServer', { toString: 5 }, 'toString (5) is not an option'],
  ['createServer', JSON.parse('{ "__proto__": 5 }') as object, '__proto__ (5) is not an option'],
  ['createServer', { 'a\nb': 5 }, '"a\\nb" (5) is not an option'],
  ['createServer', { ['x'.repeat(500)]: 5 }, 'xxx… (5) is not an option'],
  // ws
  ['createServer', { maxPayload: 1000 }, 'maxPayload (1000) is not an option: use limits.maxMessageSize (bytes)'],
  ['createServer', { perMessageDeflate: true }, 'use compression'],
  ['createServer', { verifyClient: f }, 'verifyClient (a function) is not an option: use upgrade(request)'],
  ['createServer', { handleProtocols: f }, 'subprotocols', 'accept({ subprotocol })'],
  ['createServer', { clientTracking: true }, 'server.connections'],
  ['createServer', { noServer: true }, 'server.handleUpgrade(request, socket, head)'],
  ['createServer', { server: {} }, 'server.attach(httpServer)'],
  ['createServer', { port: 8080 }, 'server.listen({ port: 8080 })'],
  ['createServer', { host: 'localhost' }, 'server.listen({ host'],
  ['createServer', { path: '/chat' }, "server.attach(httpServer, { path: '/chat' })"],
  ['createServer', { backlog: 5 }, "the system's default"],
  ['createServer', { skipUTF8Validation: true }, 'text is always validated'],
  ['createServer', { allowSynchronousEvents: true }, 'leave it out'],
  ['createServer', { WebSocket: f }, 'accept({ context })'],
  ['createServer', { compression: { zlibDeflateOptions: {} } }, 'compression.level'],
  ['connect', { rejectUnauthorized: false }, 'rejectUnauthorized (false) is not an option: use tls.rejectUnauthorized'],
  ['connect', { ca: '-----BEGIN s3cret' }, 'ca (a string of 17 characters) is not an option: use tls.ca'],
  ['connect', { cert: 's3cret' }, 'tls.cert'],
  ['connect', { key: 's3cret' }, 'tls.key'],
  ['connect', { pfx: 's3cret' }, 'tls.cert, tls.key and tls.ca'],
  ['connect', { origin: 'https://a.example' }, "headers: { Origin: 'https://example.org' }"],
  ['connect', { followRedirects: true }, 'use maxRedirects'],
  ['connect', { agent: {} }, 'proxy: { host, port }'],
  ['connect', { auth: 'user:s3cret' }, 'auth (a string of 11 characters)', 'ws://user:password@host'],
  ['connect', { protocolVersion: 13 }, 'RFC 6455'],
  ['connect', { maxPayload: 5 }, 'limits.maxMessageSize'],
  ['connect', { protocols: ['a'] }, 'use subprotocols'],
  ['connect', { onopen: f }, 'use handlers.open'],
  // uWebSockets.js
  ['createServer', { maxPayloadLength: 5 }, 'limits.maxMessageSize'],
  ['createServer', { maxBackpressure: 5 }, 'limits.maxQueuedBytes'],
  ['createServer', { sendPingsAutomatically: true }, 'heartbeat'],
  ['createServer', { closeOnBackpressureLimit: true }, 'slowConsumer'],
  ['createServer', { key_file_name: 'a.pem' }, 'tls'],
  ['createServer', { subscription: f }, 'connection.subscribe'],
  // Socket.IO and Engine.IO
  ['createServer', { pingInterval: 25_000 }, 'heartbeat.interval (milliseconds)'],
  ['createServer', { pingTimeout: 20_000 }, 'heartbeat.timeout (milliseconds)'],
  ['createServer', { maxHttpBufferSize: 1e6 }, 'limits.maxMessageSize'],
  ['createServer', { cors: { origin: '*' } }, 'allowedOrigins'],
  ['createServer', { transports: ['websocket'] }, 'this package supports only WebSocket'],
  ['createServer', { allowRequest: f }, 'upgrade(request)'],
  ['createServer', { onMessage: f }, 'onMessage (a function) is not an option: use message'],
  ['createServer', { onOpen: f }, 'use open'],
  ['createServer', { onConnection: f }, 'use open'],
  ['connect', { extraHeaders: { Cookie: 's3cret' } }, 'use headers'],
  ['connect', { reconnection: true }, 'use reconnect: true'],
  ['connect', { reconnectionDelayMax: 5 }, 'use reconnect.max (milliseconds)'],
  ['connect with reconnect', { reconnect: { maxRetries: 5 } }, 'use reconnect.attempts'],
  ['connect with reconnect', { reconnect: { outbox: { size: 5 } } }, 'use maxBytes or maxMessages'],
  ['connect with reconnect', { reconnect: true, handlers: { reconnect_failed: f } }, 'use handlers.gaveUp'],
  ['connect', { transports: ['websocket'] }, 'this package supports only WebSocket'],
  // What belongs elsewhere
  ['createServer', { maxMessageSize: 5 }, 'use limits.maxMessageSize'],
  ['createServer', { maxConnections: 5 }, 'use limits.maxConnections'],
  ['createServer', { tls: {} }, 'server.listen({ tls: { cert, key } })'],
  ['createServer', { interval: 5 }, 'use heartbeat.interval'],
  ['connect', { message: f }, 'use handlers.message'],
  ['connect', { maxMessageSize: 5 }, 'limits.maxMessageSize'],
  ['connect', { onMessage: f }, 'handlers.message'],
  ['connect', { limits: { maxConnections: 5 } }, 'the options are'],
  ['listen', { permissions: 0o660 }, 'permissions (432) is not an option', 'use mode'],
  ['listen', { message: f }, 'pass it to createServer({ message })'],
  ['listen', { allowedOrigins: [] }, 'pass it to createServer({ allowedOrigins })'],
  ['listen', { cert: 'x' }, 'tls.cert'],
  ['attach', { heartbeat: false }, 'pass it to createServer({ heartbeat })'],
];

describe('a name that is not an option', () => {
  for (const [call, options, ...parts] of table) {
    test(`${call}: ${Object.keys(options).join()}: ${parts[0]}`, async () => {
      const before = openHandles();
      const error = isError(await refusal(call, options), 'ERR_WS_OPTION', 'is not an option: ', ...parts);
      assert.doesNotMatch(error.message, /s3cret/);
      assert.deepEqual(openHandles(), before, 'nothing was opened');
    });
  }

  test('is refused with the value undefined, too', async () => {
    isError(await refusal('createServer', { allowedOrigin: undefined }), 'ERR_WS_OPTION', 'allowedOrigins');
  });

  test('every option without its last letter is told its name', async () => {
    for (const entry of entries) {
      for (const { path, around, check } of optionsOf(entry)) {
        if (path.includes('.') || path.length < 5 || check.schema !== undefined) continue;
        const typed = path.slice(0, -1);
        if (Object.hasOwn(entry.schema.rows, typed) || Object.hasOwn(entry.schema.elsewhere ?? {}, typed)) continue;
        const error = isError(await refusal(entry.name, { ...around[0], [typed]: 1 }), 'ERR_WS_OPTION');
        assert.match(error.message, new RegExp(`did you mean ${path}\\?|use ${path}`));
      }
    }
  });

  test('the name to write instead is an option of this package', () => {
    for (const { schema, name } of entries) {
      for (const [foreign, words] of Object.entries(schema.elsewhere ?? {})) {
        assert.ok(words.length > 0 && !words.endsWith('.'), `${name}: ${foreign}`);
        assert.ok(!Object.hasOwn(schema.rows, foreign), `${name}: ${foreign} is an option itself`);
      }
    }
  });
});

/** The options of other libraries, as their documentation lists them, without those that are called the same here. */
const libraries: readonly (readonly [library: string, call: string, names: string])[] = [
  [
    'ws: WebSocketServer',
    'createServer',
    'allowSynchronousEvents backlog clientTracking handleProtocols host maxPayload noServer path perMessageDeflate port server skipUTF8Validation verifyClient WebSocket',
  ],
  [
    'ws: WebSocket',
    'connect',
    'allowSynchronousEvents finishRequest followRedirects generateMask maxPayload origin perMessageDeflate protocolVersion skipUTF8Validation agent auth ca cert key pfx passphrase rejectUnauthorized servername ciphers lookup localAddress family socketPath timeout method',
  ],
  [
    'uWebSockets.js: WebSocketBehavior and AppOptions',
    'createServer',
    'maxPayloadLength maxBackpressure closeOnBackpressureLimit sendPingsAutomatically dropped subscription key_file_name cert_file_name ca_file_name passphrase dh_params_file_name ssl_ciphers ssl_prefer_low_memory_usage',
  ],
  [
    'Socket.IO and Engine.IO: server',
    'createServer',
    'path serveClient adapter parser connectTimeout connectionStateRecovery cleanupEmptyChildNamespaces pingTimeout pingInterval upgradeTimeout maxHttpBufferSize allowRequest transports allowUpgrades perMessageDeflate httpCompression wsEngine cors cookie allowEIO3 initialPacket destroyUpgrade destroyUpgradeTimeout addTrailingSlash',
  ],
  [
    'Socket.IO: client',
    'connect',
    'forceNew multiplex addTrailingSlash autoUnref closeOnBeforeunload extraHeaders forceBase64 path protocols query rememberUpgrade timestampParam timestampRequests transportOptions transports tryAllTransports upgrade withCredentials useNativeTimers autoConnect parser randomizationFactor reconnection reconnectionAttempts reconnectionDelay reconnectionDelayMax timeout ackTimeout auth retries',
  ],
];

describe('options of other libraries', () => {
  for (const [library, call, names] of libraries) {
    test(library, async () => {
      for (const name of names.split(' ')) {
        const { message } = isError(
          await refusal(call, { [name]: 1 }),
          'ERR_WS_OPTION',
          `${name} (1) is not an option: `,
        );
        assert.doesNotMatch(message, /the options are|did you mean/, 'it is known by its name, not guessed');
      }
    });
  }
});

describe('objects that are not { … }', () => {
  test("an application's own class: its methods are handlers, its fields are its own", () => {
    class Chat {
      readonly rooms = new Map<string, string>();
      messages = 0;
      port = 8080;
      #secret = 5;
      message(): void {
        this.messages += this.#secret;
      }
      onMessage(): void {}
    }
    createServer(new Chat());
    class Derived extends Chat {
      closeTimeout = 5;
      get limits(): object {
        return { maxMessageSize: 5 };
      }
    }
    createServer(new Derived());
    class Wrong extends Chat {
      heartbeat = 5;
    }
    assert.throws(() => createServer(new Wrong() as never), { code: 'ERR_WS_OPTION', message: /^heartbeat is 5;/ });
  });

  test('methods with the names of another library, and no handler: refused', () => {
    class Chat {
      onMessage(): void {}
      open(): void {}
    }
    assert.throws(() => createServer(new Chat() as never), {
      code: 'ERR_WS_OPTION',
      message: /use message$/,
    });
    class Nothing {
      port = 5;
    }
    assert.throws(() => createServer(new Nothing() as never), { code: 'ERR_WS_OPTION', message: /of class Nothing/ });
    assert.throws(() => createServer(new EventEmitter() as never), { code: 'ERR_WS_OPTION' });
  });

  test('other objects are strict, whatever made them', async () => {
    class Limits {
      maxMesageSize = 5;
    }
    assert.throws(() => createServer({ limits: new Limits() as never }), { code: 'ERR_WS_OPTION' });
    const defaults = { limits: { maxMessageSize: 5 } };
    createServer(Object.create(defaults) as typeof defaults);
    createServer(Object.assign(Object.create(null), defaults) as typeof defaults);
    const wrong: unknown = Object.create({ closeTimeout: 'x' });
    await rejectsWith(connect('ws://127.0.0.1:9/', wrong as never), 'ERR_WS_OPTION', 'closeTimeout is "x"');
  });

  test('a property that somebody put on all objects is not an option', () => {
    const everything = Object.prototype as unknown as Record<string, unknown>;
    try {
      everything.maxLifetime = 'x';
      everything.maxPayload = 5;
      everything.heartbeat = 5;
      everything.context = 5;
      assert.equal(accept({ subprotocol: 'a' }).context, undefined);
      assert.equal(connectionOptions('client', {}).maxLifetime, 0);
      assert.equal(connectionOptions('client', { limits: {} }).heartbeat, undefined);
      createServer({ message: () => {} });
      class Chat {
        message(): void {}
      }
      createServer(new Chat());
    } finally {
      delete everything.maxLifetime;
      delete everything.maxPayload;
      delete everything.heartbeat;
      delete everything.context;
    }
  });

  test('a copy can be checked again', () => {
    for (const options of [{}, { limits: {} }, { limits: { maxMessageSize: 5 } }]) {
      const copy = readOptions(serverSchema, options);
      assert.deepEqual(readOptions(serverSchema, copy), copy);
    }
  });

  test('symbols and properties that are not enumerable are not looked at', () => {
    createServer(Object.defineProperty({ [Symbol('own')]: 5 }, 'own', { value: 5, enumerable: false }));
  });

  test('a copy is kept: what is changed afterwards changes nothing', () => {
    const allowedOrigins = ['https://a.example'];
    const limits = { maxMessageSize: 5 };
    const options = { allowedOrigins, limits, message: () => {} };
    createServer(options);
    allowedOrigins.push('nonsense');
    limits.maxMessageSize = -1;
    options.message = 5 as never;
  });
});

test('options of a class that are all undefined count as absent', async () => {
  class Settings {
    interval = undefined;
    timeout = undefined;
  }
  createServer({ heartbeat: new Settings() });
  await assert.doesNotReject(async () =>
    accept(
      new (class {
        subprotocol = undefined;
      })(),
    ),
  );
  assert.throws(() => createServer({ heartbeat: new (class {})() as never }), { code: 'ERR_WS_OPTION' });
});

test('a misspelt name in defaults that are inherited from is found', async () => {
  const options = Object.assign(Object.create({ handshakeTimout: 5 }), { maxRedirects: 1 });
  await rejectsWith(connect('ws://127.0.0.1:9/', options), 'ERR_WS_OPTION', 'handshakeTimout (5) is not an option');
  const heartbeat = Object.assign(Object.create({ intervall: 5 }), { timeout: 1 });
  assert.throws(() => createServer({ heartbeat }), { message: /heartbeat\.intervall \(5\) is not an option/ });
});

test('the query of a URL is not shown', async () => {
  const error = await refusal('connect', { url: 'ws://a/?token=s3cret' });
  assert.doesNotMatch(isError(error, 'ERR_WS_OPTION', 'url (a string of').message, /s3cret/);
});
