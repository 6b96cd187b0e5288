// The checks of the options of TLS and of proxies. The contents of certificates and keys are checked where they are used,
// in tls.ts.

import { Buffer } from 'node:buffer';
import { isIP } from 'node:net';
import { hideProxyCredentials } from '../core/credentials.ts';
import { webSocketError } from '../core/errors.ts';
import { type Check, kindOf, type Rows, type Schema } from '../core/option-check.ts';
import { check, integer, listOf, nested, oneOf, orElse, secret, trueOrFalse } from '../core/option-kinds.ts';
import { Described } from '../core/shown-value.ts';
import { isHostName } from './host-name.ts';
import { isSocks, type ProxyAddress } from './proxy-options.ts';
import { hasScheme, PROXY_PROTOCOLS, parseProxyUrl } from './proxy-url.ts';
import type { ChooseCertificate, ClientTlsOptions, NamedTlsOptions, Pem, ServerTlsOptions } from './tls-options.ts';

const PEM = 'a string or Buffer in PEM format, or an array of them';

/** Checks only the type. An array is copied. */
const pem: Check<Pem> = {
  expected: PEM,
  read(value, path) {
    const isContent = (one: unknown): one is string | Buffer =>
      typeof one === 'string' || (Buffer.isBuffer(one) && ArrayBuffer.isView(one));
    if (isContent(value)) return value;
    const list: unknown[] = Array.isArray(value) ? [...value] : [value];
    const wrong = list.findIndex((one) => !isContent(one));
    if (wrong === -1) return list as (string | Buffer)[];
    throw webSocketError('ERR_WS_OPTION', path, new Described(kindOf(list[wrong])), PEM);
  },
};

const passphrase = secret<string>('a string', (value) => typeof value === 'string');
const minVersion = oneOf(['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3']);

const tlsElsewhere: Readonly<Record<string, string>> = {
  pfx: 'give its parts in PEM format: tls.cert, tls.key and tls.ca',
  maxVersion: 'only tls.minVersion can be set; leave it out',
  secureProtocol: 'use tls.minVersion',
  ALPNProtocols: 'a WebSocket handshake always uses http/1.1; leave it out',
  ciphers: "Node's list is used; to change it for the process, start node with --tls-cipher-list",
  key_file_name: 'use tls.key, with the content of the file',
  cert_file_name: 'use tls.cert, with the content of the file',
  ca_file_name: 'use tls.ca, with the content of the file',
  keyFile: 'use tls.key, with the content of the file',
  certFile: 'use tls.cert, with the content of the file',
};

export const clientTlsSchema: Schema<ClientTlsOptions> = {
  of: 'tls',
  example: "{ ca: readFileSync('ca.pem') }",
  isSecret: true,
  rows: {
    ca: pem,
    cert: pem,
    key: pem,
    passphrase,
    rejectUnauthorized: trueOrFalse,
    minVersion,
    servername: check<string>('a host name', (value) => typeof value === 'string' && value !== ''),
  } satisfies Rows<ClientTlsOptions>,
  elsewhere: {
    ...tlsElsewhere,
    requestCert: 'only a server has it; a client has tls.rejectUnauthorized',
    checkServerIdentity: 'the name is always verified; to expect another name, set tls.servername',
  },
};

export const namedTlsSchema: Schema<NamedTlsOptions> = {
  of: 'tls.sni',
  example: "{ cert: readFileSync('cert.pem'), key: readFileSync('key.pem') }",
  isSecret: true,
  required: ['cert', 'key'],
  rows: { cert: pem, key: pem, passphrase } satisfies Rows<NamedTlsOptions>,
  elsewhere: {
    ...tlsElsewhere,
    ca: 'use tls.ca, for all names',
    minVersion: 'use tls.minVersion, for all names',
    requestCert: 'use tls.requestCert, for all names',
  },
};

const SNI_EXPECTED =
  "an object of names such as { 'a.example': { cert, key } }, or a function that returns { cert, key } for a name";
const named = nested(namedTlsSchema);

const sni: Check<Exclude<ServerTlsOptions['sni'], undefined>> = {
  expected: SNI_EXPECTED,
  read(value, path, owner) {
    if (typeof value === 'function') return value as ChooseCertificate;
    const isPlain = typeof value === 'object' && value !== null && isPrototypePlain(value);
    if (!isPlain) throw webSocketError('ERR_WS_OPTION', path, new Described(kindOf(value)), SNI_EXPECTED);
    const names = Object.entries(value).map(([name, options]) => {
      const rest = name.replace(/^\*\./, '');
      if (!isHostName(rest) || rest.includes('*') || isIP(name) !== 0)
        throw webSocketError(
          'ERR_WS_OPTION',
          path,
          name,
          "host names such as 'a.example' or '*.a.example': clients ask for no addresses",
        );
      return [name, named.read(options, `${path}["${name}"]`, owner)] as const;
    });
    return Object.fromEntries(names);
  },
};

function isPrototypePlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

export const serverTlsSchema: Schema<ServerTlsOptions> = {
  of: 'tls',
  example: "{ cert: readFileSync('cert.pem'), key: readFileSync('key.pem') }",
  isSecret: true,
  rows: {
    cert: pem,
    key: pem,
    passphrase,
    ca: pem,
    requestCert: trueOrFalse,
    minVersion,
    sni,
  } satisfies Rows<ServerTlsOptions>,
  elsewhere: {
    ...tlsElsewhere,
    rejectUnauthorized: 'use tls.requestCert: true, which accepts only clients with a certificate issued by tls.ca',
    servername: 'only a client has it; leave it out',
    SNICallback: 'use tls.sni, a function that returns { cert, key }',
    SNI: 'use tls.sni',
  },
};

const PROXY_HOST = 'a host name or address, without a scheme or port';

/** A URL given instead of the host may contain a password. */
const proxyHost: Check<string> = {
  expected: PROXY_HOST,
  read(value, path) {
    if (typeof value === 'string' && isHostName(value)) return value;
    const shown = typeof value === 'string' ? hideProxyCredentials(value) : value;
    throw webSocketError('ERR_WS_OPTION', path, shown, PROXY_HOST);
  },
};

const userName = secret<string>(
  'a string without a colon (RFC 7617 §2)',
  (value) => typeof value === 'string' && !value.includes(':'),
);
const anyUserName = secret<string>('a string', (value) => typeof value === 'string');

export const proxySchema: Schema<ProxyAddress> = {
  of: 'proxy',
  example: "{ host: 'proxy.example', port: 3128 }",
  isSecret: true,
  required: ['host', 'port'],
  rows: {
    host: proxyHost,
    port: integer(0, 65535, 'a port from 0 to 65535'),
    protocol: oneOf(PROXY_PROTOCOLS),
    username: {
      ...userName,
      // Only the Basic scheme of HTTP has no colon in it.
      read: (value, path, owner) =>
        (isSocks((owner as Partial<ProxyAddress>).protocol) ? anyUserName : userName).read(value, path, owner),
    },
    password: secret<string>('a string', (value) => typeof value === 'string'),
    tls: nested(clientTlsSchema),
    exclude: listOf(
      check<string>('a string', (value) => typeof value === 'string'),
      'an array of strings',
    ),
  } satisfies Rows<ProxyAddress>,
  elsewhere: {
    auth: 'use proxy.username and proxy.password',
    user: 'use proxy.username',
    exclusionList: 'use proxy.exclude',
    noProxy: 'use proxy.exclude',
    bypass: 'use proxy.exclude',
    type: "use proxy.protocol: 'socks5'",
    userId: 'use proxy.username',
    scheme: 'use proxy.protocol',
    ca: 'use proxy.tls.ca',
    url: "give the URL as the option: proxy: 'http://proxy.example:3128'",
    hostname: 'use proxy.host',
  },
};

const proxySetting = orElse(['none', 'system'], nested(proxySchema));
const PROXY_EXPECTED =
  "'none', 'system', a URL such as 'socks5://proxy.example:1080' or an object such as { host: 'proxy.example', port: 3128 }";

/** The option `proxy`. A URL is read here; it may contain a password. */
export const proxyCheck: Check<'none' | 'system' | ProxyAddress> = {
  ...proxySetting,
  expected: PROXY_EXPECTED,
  read(value, path, owner) {
    if (typeof value !== 'string' || value === 'none' || value === 'system') {
      if (typeof value === 'object' && value !== null && !Array.isArray(value))
        return proxySetting.read(value, path, owner);
      if (typeof value === 'string') return value as 'none' | 'system';
      throw webSocketError('ERR_WS_OPTION', path, value, PROXY_EXPECTED);
    }
    const malformed = (expected: string): Error =>
      webSocketError('ERR_WS_OPTION', path, hideProxyCredentials(value), expected);
    if (!hasScheme(value)) throw malformed(PROXY_EXPECTED);
    return parseProxyUrl(value, malformed);
  },
};
