// `npm run example:chat`: starts the chat in one process, in workers, or on several nodes behind a balancer. The chat is in chat.js.

import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const help = `A chat with rooms, presence and a history, for which a lost connection, process or machine does not lose a message.

  npm run example:chat                                            in one process
  npm run example:chat -- --workers 2                             two processes that share a port, nothing else to start
  npm run example:chat -- --nodes 3 --bus redis://127.0.0.1:6379  three processes behind a balancer, over Redis
  npm run example:chat -- --nodes 3 --bus nats://127.0.0.1:4222   the same over NATS (nats-server -js)

  --port N    where to listen on this machine (8080; 0: any free port)
  --help      this text

Open the URL that it prints in two tabs. With --nodes, it prints the process id of each node: kill one with kill -9, and go on talking.
`;

const options = readOptions();
process.once('SIGINT', () => end(0));
process.once('SIGTERM', () => end(0));
/** What is done at the end, the last first. */
const endings = [];

try {
  const port = await start();
  console.log(`Open http://127.0.0.1:${port}/ in two tabs. Ctrl-C ends.`);
} catch (error) {
  console.error(`example:chat: ${explain(error)}`);
  await end(1);
}

function readOptions() {
  let values;
  try {
    ({ values } = parseArgs({
      options: {
        port: { type: 'string', default: '8080' },
        workers: { type: 'string' },
        nodes: { type: 'string' },
        bus: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    }));
  } catch (error) {
    refuse(error.message.split('. ', 1)[0]);
  }
  if (values.help) {
    process.stdout.write(help);
    process.exit(0);
  }
  const { bus } = values;
  const port = count('port', values.port, 0, 65_535);
  const workers = count('workers', values.workers, 1, 64);
  const nodes = count('nodes', values.nodes, 1, 16);
  if (workers !== undefined && (nodes ?? bus) !== undefined)
    refuse('--workers is for one machine, without --nodes and --bus');
  if ((nodes === undefined) !== (bus === undefined)) {
    refuse('--nodes and --bus go together: --nodes 3 --bus redis://127.0.0.1:6379, or --workers 3 without a broker');
  }
  if (bus !== undefined && !/^(?:rediss?|nats):$/.test(URL.canParse(bus) ? new URL(bus).protocol : '')) {
    refuse(`--bus is ${JSON.stringify(bus)}; expected redis://host:port or nats://host:port`);
  }
  return { port, workers, nodes, bus };
}

function count(name, text, lowest, highest) {
  if (text === undefined) return undefined;
  const number = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= lowest && number <= highest) return number;
  return refuse(`--${name} is ${JSON.stringify(text)}; expected a whole number from ${lowest} to ${highest}`);
}

function refuse(problem) {
  console.error(`example:chat: ${problem}; see --help`);
  process.exit(2);
}

/** @returns the port */
function start() {
  if (options.workers !== undefined) return startWorkers(options.workers);
  if (options.nodes !== undefined) return startNodes(options.nodes);
  return startEmbedded();
}

/** Everything in this process, and nothing beside it. */
async function startEmbedded() {
  const { createChat } = await import('./chat.js');
  const { answerRequest } = await import('./pages.js');
  const { memoryHistory } = await import('./history/memory.js');
  const chat = createChat({ node: 'the only node', history: memoryHistory() });
  const { port } = await chat.server.listen({ host: '127.0.0.1', port: options.port, request: answerRequest });
  endings.push(() => chat.close());
  return port;
}

/** Processes that share a port. Sessions and history are in files, which they share as well. */
async function startWorkers(workers) {
  const { createCluster } = await import('harmony-websocket/cluster');
  const directory = mkdtempSync(join(tmpdir(), 'chat-'));
  endings.push(() => rmSync(directory, { recursive: true, force: true }));
  const cluster = await createCluster({
    workers,
    server: new URL('./worker.js', import.meta.url),
    args: [directory, String(options.port)],
    signals: false, // they end with this process, below
    workerStarted: ({ pid }) => console.log(`a worker is process ${pid}`),
    workerGone: ({ pid }, { wasAsked }) =>
      wasAsked || console.log(`worker ${pid} has died; another one takes its place`),
  });
  endings.push(() => cluster.drain({ code: 1012, reason: 'restart' }));
  return cluster.addresses[0].port;
}

/** Processes that could be on many machines, behind a balancer. */
async function startNodes(count) {
  const { createBalancer } = await import('./balancer.js');
  const ports = new Map();
  const names = Array.from({ length: count }, (_, index) => `node-${String.fromCharCode(97 + index)}`);
  let isEnding = false;

  const startNode = (name) =>
    new Promise((resolve, reject) => {
      const argument = JSON.stringify({ node: name, bus: options.bus });
      const child = fork(fileURLToPath(new URL('./node.js', import.meta.url)), [argument]);
      const ended = new Promise((done) => child.once('exit', done));
      child.once('message', ({ port, problem }) => {
        if (problem !== undefined) return reject(new Error(problem));
        ports.set(name, port);
        console.log(`${name} is process ${child.pid} on port ${port}`);
        resolve();
      });
      endings.push(() => {
        isEnding = true;
        child.kill();
        return ended;
      });
      void ended.then(() => {
        reject(new Error(`${name} has ended before it was ready`));
        if (isEnding || !ports.delete(name)) return;
        console.log(`${name} has died; it is started again`);
        setTimeout(() => startNode(name).catch((error) => console.error(`${name}: ${error.message}`)), 1_000);
      });
    });

  await Promise.all(names.map(startNode));
  const balancer = createBalancer(() => [...ports.values()]);
  endings.push(() => balancer.close());
  return new Promise((resolve, reject) => {
    balancer.once('error', reject);
    balancer.listen(options.port, '127.0.0.1', () => resolve(balancer.address().port));
  });
}

function explain(error) {
  if (error.code === 'ERR_MODULE_NOT_FOUND')
    return `${error.message.split(' imported from')[0]}; run: npm ci && npm run build`;
  if (error.code === 'EADDRINUSE' || error.cause?.code === 'EADDRINUSE') {
    return `port ${options.port} is in use; choose another one: --port 8081, or --port 0 for any`;
  }
  return error.message;
}

async function end(code) {
  for (let ending = endings.pop(); ending !== undefined; ending = endings.pop()) await ending();
  process.exit(code);
}
