import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { call, placeOf } from './place.ts';
import { trial } from './trial.ts';

trial(
  {
    name: 'webpack-dev-server',
    exercised: 'its own server class: hash and ok after a build, messages to all, wrong host refused',
    beside: ['webpack'],
  },
  async (scope) => {
    const { default: webpack } = await import('webpack');
    const { default: DevServer } = await import('webpack-dev-server');
    const folder = mkdtempSync(join(tmpdir(), 'harmony-websocket-webpack-'));
    scope.defer(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, 'main.js'), 'document.title = "built";\n');
    const compiler = webpack({
      mode: 'development',
      context: folder,
      entry: './main.js',
      infrastructureLogging: { level: 'none' },
      stats: 'none',
    });
    assert.ok(compiler);
    const server = new DevServer(
      { port: 0, host: '127.0.0.1', static: false, client: { logging: 'none' }, watchFiles: [] },
      compiler,
    );
    await server.start();
    scope.defer(() => server.stop());
    const { host } = placeOf(server.server as never);
    const { messages, end } = await call(scope, `ws://${host}/ws`, undefined, { origin: `http://${host}` });
    const types: string[] = [];
    while (!types.includes('ok')) types.push(typeOf(await messages.next()));
    assert.ok(types.includes('hash') && types.includes('liveReload'), types.join());
    const { webSocketServer } = server;
    server.sendMessage(webSocketServer?.clients ?? [], 'static-changed', 'main.js');
    assert.equal(typeOf(await messages.next()), 'static-changed');
    const stranger = await call(scope, `ws://${host}/ws`, undefined, { origin: 'http://elsewhere.example' });
    assert.equal(typeOf(await stranger.messages.next()), 'error');
    await stranger.end;
    await server.stop();
    await end;
  },
);

function typeOf(message: string | Buffer): string {
  return (JSON.parse(String(message)) as { type: string }).type;
}
