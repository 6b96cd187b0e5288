// The argument of a server's `start`: checked in the order of kit specification §2.3, with defaults by kit specification
// §4.1.

import { isIP } from 'node:net';
import { businessError } from '../business-error.ts';
import { certificatePaths } from '../certificate-paths.ts';
import { type Certificate, readCertificate, requireFiles } from '../credentials.ts';
import { described } from '../described.ts';
import { isPort } from '../numbers.ts';
import { networkDenial, type Policy, policy } from '../policy.ts';
import { subprotocolsOf } from '../subprotocol-list.ts';
import type { AdmissionLimits } from './admission.ts';

/** The ceiling of both limits, and their default. */
const MAX_LIMIT = 10;
const ANY_IPV4 = '0.0.0.0';
/** The only subprotocol that a device knows. */
const DEFAULT_SUBPROTOCOL = 'lws_server';

/** `WebSocketServerConfig` with every default filled in. */
export interface ServerConfig {
  readonly host: string;
  readonly port: number;
  readonly certificate: Certificate | undefined;
  readonly subprotocols: readonly string[];
  readonly limits: AdmissionLimits;
}

/**
 * Checks the arguments of `start`: one object. Any further arguments are ignored.
 *
 * @throws BusinessError 401, 201 (permission), 2302004 (address), 2302005 (port), 2302999 (limits, unusable certificate),
 *         2302002 (certificate files)
 */
export function serverConfig(args: readonly unknown[]): ServerConfig {
  const [given] = args;
  if (typeof given !== 'object' || given === null) {
    throw businessError(
      'parameter',
      `the configuration of start is ${described(given)}; expected an object with serverPort`,
    );
  }
  const denial = networkDenial();
  if (denial !== undefined) throw denial;
  const config = given as Record<string, unknown>;
  return {
    host: listenAddress(config.serverIP),
    port: listenPort(config.serverPort),
    limits: admissionLimits(config, policy().limits),
    certificate: certificate(config.serverCert),
    subprotocols: spokenSubprotocols(config.protocol),
  };
}

function listenAddress(ip: unknown): string {
  if (typeof ip !== 'string' || ip === '') return ANY_IPV4;
  if (isIP(ip) === 0)
    throw businessError('listenAddress', `serverIP is ${described(ip)}; expected an IP address such as 127.0.0.1`);
  return ip;
}

function listenPort(port: unknown): number {
  if (typeof port === 'number' && isPort(port)) return Math.trunc(port);
  throw businessError('listenPort', `serverPort is ${described(port)}; expected a number from 0 to 65535`);
}

function admissionLimits(config: Record<string, unknown>, mode: Policy['limits']): AdmissionLimits {
  if (mode === 'none') return { maxClients: Infinity, maxConnectionsPerClient: Infinity, hasBans: false };
  return {
    maxClients: limit('maxConcurrentClientsNumber', config.maxConcurrentClientsNumber),
    maxConnectionsPerClient: limit('maxConnectionsForOneClient', config.maxConnectionsForOneClient),
    hasBans: mode === 'device',
  };
}

function limit(name: string, value: unknown): number {
  if (typeof value !== 'number') return MAX_LIMIT;
  const number = Math.trunc(value);
  if (number >= 0 && number <= MAX_LIMIT) return number;
  throw businessError(
    'unknown',
    `${name} is ${value}; expected a number from 0 to ${MAX_LIMIT}, ` +
      "or any number after configure({ limits: 'none' }) from harmony-websocket/configure",
  );
}

function certificate(option: unknown): Certificate | undefined {
  const paths = certificatePaths(option);
  if (paths === undefined) return undefined;
  requireFiles(paths.cert, paths.key);
  // ServerCert has no password. If the application gives one all the same, it must not be used.
  return readCertificate({ cert: paths.cert, key: paths.key });
}

function spokenSubprotocols(protocol: unknown): readonly string[] {
  const names = typeof protocol === 'string' ? subprotocolsOf(protocol) : [];
  return names.length > 0 ? names : [DEFAULT_SUBPROTOCOL];
}
