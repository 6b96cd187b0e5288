// Certificates for tests, made once per process with the `openssl` command in a temporary directory that is removed when
// the process ends. Nothing is stored in the repository and nothing is valid for longer than a week.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A certificate and its private key, as PEM and as paths to it. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
  readonly certPath: string;
  readonly keyPath: string;
}

export interface Certificates {
  readonly directory: string;
  /** Issuer of all others but `selfSigned`. */
  readonly ca: Certificate;
  /** For localhost, 127.0.0.1 and ::1. */
  readonly server: Certificate;
  /** For TLS clients, CN=client. */
  readonly client: Certificate;
  /** `client` with its key encrypted by {@link passphrase}. */
  readonly encryptedClient: Certificate;
  /** As `server`, but valid in 2020 only. */
  readonly expired: Certificate;
  /** As `server`, but valid from 2049 on. */
  readonly notYetValid: Certificate;
  /** For other.example only. */
  readonly wrongHost: Certificate;
  /** As `server`, but issued by itself. */
  readonly selfSigned: Certificate;
}

export const passphrase = 'test passphrase';

let made: Certificates | undefined;

/** All certificates. The first call makes them. */
export function certificates(): Certificates {
  made ??= make(mkdtempSync(join(tmpdir(), 'harmony-websocket-certificates-')));
  return made;
}

const localNames = 'DNS:localhost,IP:127.0.0.1,IP:::1';

function make(directory: string): Certificates {
  process.on('exit', () => rmSync(directory, { recursive: true, force: true }));
  writeFileSync(join(directory, 'openssl.cnf'), configuration);
  writeFileSync(join(directory, 'index.txt'), '');
  writeFileSync(join(directory, 'serial'), '01');

  function openssl(...parameters: string[]): void {
    try {
      execFileSync('openssl', parameters, { cwd: directory, stdio: ['ignore', 'ignore', 'pipe'] });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      throw new Error('tests with TLS need the openssl command; install the package openssl', { cause: error });
    }
  }
  function read(name: string, keyName = name): Certificate {
    const certPath = join(directory, `${name}.pem`);
    const keyPath = join(directory, `${keyName}.key`);
    return { cert: readFileSync(certPath, 'utf8'), key: readFileSync(keyPath, 'utf8'), certPath, keyPath };
  }
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-config', 'openssl.cnf'];
  function issueToItself(name: string, subject: string, ...extensions: string[]): Certificate {
    const added = extensions.flatMap((extension) => ['-addext', extension]);
    const files = ['-keyout', `${name}.key`, '-out', `${name}.pem`];
    openssl('req', '-x509', ...newKey, ...files, '-subj', subject, '-days', '7', ...added);
    return read(name);
  }
  function issue(name: string, subject: string, extensions: string[], validity = ['-days', '7']): Certificate {
    openssl('req', '-new', ...newKey, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', subject);
    writeFileSync(join(directory, `${name}.ext`), `${['basicConstraints=CA:FALSE', ...extensions].join('\n')}\n`);
    const files = ['-in', `${name}.csr`, '-out', `${name}.pem`, '-extfile', `${name}.ext`];
    openssl('ca', '-batch', '-notext', '-config', 'openssl.cnf', ...files, ...validity);
    return read(name);
  }

  const localServer = [`subjectAltName=${localNames}`, 'extendedKeyUsage=serverAuth'];
  const ca = issueToItself(
    'ca',
    '/CN=harmony-websocket test CA',
    'basicConstraints=critical,CA:TRUE',
    'keyUsage=critical,keyCertSign,cRLSign',
  );
  const client = issue('client', '/CN=client', ['extendedKeyUsage=clientAuth']);
  const encrypt = ['-topk8', '-v2', 'aes-256-cbc', '-passout', `pass:${passphrase}`];
  openssl('pkcs8', ...encrypt, '-in', 'client.key', '-out', 'encrypted-client.key');
  return {
    directory,
    ca,
    client,
    encryptedClient: read('client', 'encrypted-client'),
    server: issue('server', '/CN=localhost', localServer),
    expired: issue('expired', '/CN=localhost', localServer, between('20200101', '20210101')),
    notYetValid: issue('not-yet-valid', '/CN=localhost', localServer, between('20490101', '20490201')),
    wrongHost: issue('wrong-host', '/CN=other.example', ['subjectAltName=DNS:other.example']),
    selfSigned: issueToItself('self-signed', '/CN=localhost', `subjectAltName=${localNames}`),
  };
}

function between(start: string, end: string): string[] {
  return ['-startdate', `${start}000000Z`, '-enddate', `${end}000000Z`];
}

const configuration = `
[req]
distinguished_name = name
[name]
[ca]
default_ca = issuer
[issuer]
certificate = ca.pem
private_key = ca.key
database = index.txt
serial = serial
new_certs_dir = .
default_md = sha256
policy = policy
unique_subject = no
[policy]
commonName = supplied
`;
