// The bridges to libraries in bundles that leave these outside: ES modules and CommonJS. Bundles and runs dist/ by the package's
// public names.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { build } from 'esbuild';
import { repository } from '../support/command.ts';

const program = `
  import { createServer } from 'harmony-websocket/engine';
  import { connectionSpans, registerMetrics as ofOpenTelemetry } from 'harmony-websocket/opentelemetry';
  import { registerMetrics } from 'harmony-websocket/prom-client';
  import { register } from 'prom-client';
  const server = createServer({ observer: connectionSpans() });
  ofOpenTelemetry(server);
  registerMetrics(server);
  register.metrics().then((text) => console.log(/^websocket_connections .*$/m.exec(text)[0]));
`;

for (const [format, file] of [
  ['esm', 'bundle.mjs'],
  ['cjs', 'bundle.cjs'],
] as const) {
  test(`a bundle of ${format}`, async (context) => {
    const folder = mkdtempSync(join(tmpdir(), 'bridges-'));
    context.after(() => rmSync(folder, { recursive: true, force: true }));
    mkdirSync(join(folder, 'node_modules'));
    for (const name of ['prom-client', '@opentelemetry']) {
      symlinkSync(join(repository, 'node_modules', name), join(folder, 'node_modules', name), 'junction');
    }
    await build({
      absWorkingDir: repository,
      stdin: { contents: program, resolveDir: import.meta.dirname },
      bundle: true,
      platform: 'node',
      format,
      external: ['prom-client', '@opentelemetry/api'],
      outfile: join(folder, file),
      logLevel: 'silent',
    });
    const options = { cwd: folder, encoding: 'utf8', timeout: 60_000 } as const;
    const { status, stdout, stderr } = spawnSync(process.execPath, [file], options);
    assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: 'websocket_connections 0\n', stderr: '' });
  });
}
