// A certificate for the rows over TLS, made for the run and removed with its end.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Paths of PEM files. @throws when there is no `openssl` */
export function makeCertificate(): { cert: string; key: string } {
  const directory = mkdtempSync(join(tmpdir(), 'harmony-websocket-bench-'));
  process.on('exit', () => rmSync(directory, { recursive: true, force: true }));
  const cert = join(directory, 'cert.pem');
  const key = join(directory, 'key.pem');
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  execFileSync('openssl', ['req', '-x509', ...kind, ...subject, '-keyout', key, '-out', cert], { stdio: 'pipe' });
  return { cert, key };
}
