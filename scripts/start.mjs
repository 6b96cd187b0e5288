// `npm start`: a whole conversation for a newcomer. Builds what is needed, starts the echo server, runs the ArkTS example
// against it once with the output of both side by side, and stays up for the page. Ctrl-C ends everything.
//
// Own code: `concurrently` labels the output of several commands too, but cannot wait for the address that the server
// prints and pass it to the client, which `--port 0` needs, nor have the server drain at the end.

import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const top = fileURLToPath(new URL('..', import.meta.url));
const example = 'examples/kit/client.ets';

const help = `npm start: build, start the echo server, run ${example} against it, stay up

  npm start                  on port 8080
  npm start -- --port N      on another port; 0: any free one
  PORT=N npm start           the same

Ctrl-C closes all connections and ends.
`;

/** Under npm one Ctrl-C arrives twice: from the terminal, and passed on by npm. Later ones are the user insisting. */
const SAME_PRESS = 300;

/** What `serve` says then. */
const portTaken = /: port \d+ on \S+ is in use /;

/** Width of the labels, separators included. */
const LABEL_COLUMNS = 10;
const coloured = process.stdout.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== 'dumb';
const colours = { server: 36, client: 35, start: 1 };

const children = new Set();
let ending = false;

const port = readPort();
if (!existsSync(`${top}/node_modules/typescript`)) fail('the dependencies are not installed; run: npm ci');
build();
stopOnSignals();
const { sockets, page } = await startServer(port);
say(`running ${example} against ${sockets}`);
await runExample(sockets);
if (!ending) {
  say('the conversation is over; the server stays up');
  say(`to try it yourself, open ${page}   (Ctrl-C ends)`);
}

function readPort() {
  const { name, text } = portSetting();
  const number = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(number <= 65_535)) {
    fail(`${name} is "${text}"; expected a whole number from 0 to 65535, as in: npm start -- --port 8081`);
  }
  return number;
}

function portSetting() {
  let values;
  try {
    ({ values } = parseArgs({ options: { port: { type: 'string' }, help: { type: 'boolean', short: 'h' } } }));
  } catch (error) {
    fail(`${error.message.split('.', 1)[0]}; see: npm start -- --help`, 2);
  }
  if (values.help) {
    process.stdout.write(help);
    process.exit(0);
  }
  if (values.port !== undefined) return { name: '--port', text: values.port };
  if (process.env.PORT) return { name: 'PORT', text: process.env.PORT };
  return { name: '--port', text: '8080' };
}

function build() {
  const { status, signal } = spawnSync(process.execPath, ['scripts/build.mjs'], { cwd: top, stdio: 'inherit' });
  if (status !== 0) fail(`the build failed (${signal ?? `exit ${status}`}); its messages are above`);
}

/** Starts `serve`. Resolves when it is ready, with its addresses; both are read from what it prints. */
function startServer(port) {
  // The IPC channel ties it to us: when it is gone, by our will or by our death, the server drains and ends.
  const child = start('server', ['dist/cli/main.js', 'serve', '--port', String(port)], {}, ['ipc']);
  child.on('close', (code) => {
    if (ending) return;
    if (child.portTaken) {
      const other = port < 65_535 ? port + 1 : 8080;
      say(
        `port ${port} is in use; choose another: npm start -- --port ${other}, or PORT=${other} npm start (0: any free one)`,
      );
    } else {
      say(`the server ended by itself (exit ${code})`);
    }
    void end(1);
  });
  return new Promise((resolve) => {
    const seen = {};
    child.lines.on('line', (line) => {
      const [url] = /\b(ws|http)s?:\/\/\S+/.exec(line) ?? [];
      if (url?.startsWith('ws')) seen.sockets ??= url;
      else if (url !== undefined) seen.page ??= url;
      if (seen.sockets && seen.page) resolve(seen);
    });
  });
}

/** Runs the example to its end. Where it fails this all has failed: a newcomer must not be left with half of it. */
async function runExample(url) {
  const child = start('client', ['--import', 'harmony-websocket/register', example], {
    WEBSOCKET_URL: url,
    ...direct(),
  });
  const [code, signal] = await new Promise((resolve) => child.on('close', (...how) => resolve(how)));
  if (ending || code === 0) return;
  say(`${example} failed (${signal ?? `exit ${code}`}); its output is above`);
  await end(1);
}

/** The server is on this machine: whatever proxy the environment names, it cannot lead there. */
function direct() {
  const others = process.env.NO_PROXY || process.env.no_proxy;
  const hosts = ['127.0.0.0/8', '::1', 'localhost'].join(',');
  return { NO_PROXY: others ? `${others},${hosts}` : hosts };
}

/** Starts a Node program whose lines appear here with a label. That a port is taken, it leaves to us to say: we have other ways out. */
function start(label, parameters, environment, channels = []) {
  const columns = Math.max(60, (process.stdout.columns ?? 120) - LABEL_COLUMNS);
  const child = spawn(process.execPath, parameters, {
    cwd: top,
    env: { ...process.env, COLUMNS: String(columns), ...environment },
    stdio: ['ignore', 'pipe', 'pipe', ...channels],
  });
  children.add(child);
  child.on('close', () => children.delete(child));
  child.portTaken = false;
  child.lines = createInterface({ input: child.stdout });
  child.lines.on('line', (line) => print(label, line));
  createInterface({ input: child.stderr }).on('line', (line) => {
    if (portTaken.test(line)) child.portTaken = true;
    else print(label, line);
  });
  return child;
}

function stopOnSignals() {
  let since = 0;
  for (const name of ['SIGINT', 'SIGTERM']) {
    process.on(name, () => {
      const now = performance.now();
      if (since === 0) {
        since = now;
        void end(0);
      } else if (now - since > SAME_PRESS) {
        for (const child of children) child.kill('SIGKILL');
        process.exit(130);
      }
    });
  }
}

/** Ends the children, waits until they are gone, and ends this process. */
async function end(code) {
  if (ending) return;
  ending = true;
  const gone = [...children].map((child) => new Promise((resolve) => child.once('close', resolve)));
  for (const child of children) {
    if (child.connected) child.disconnect();
    else child.kill();
  }
  await Promise.all(gone);
  process.exit(code);
}

function say(text) {
  print('start', text);
}

function fail(text, code = 1) {
  console.error(`npm start: ${text}`);
  process.exit(code);
}

function print(label, line) {
  const name = label.padEnd(LABEL_COLUMNS - 3);
  console.log(`${coloured ? `\x1b[${colours[label]}m${name}\x1b[39;22m` : name} │ ${line}`);
}
