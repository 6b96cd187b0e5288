// A program as somebody has written it for ws: a chat with rooms, a heartbeat, sign-in by verifyClient on one server and by
// noServer on another, compression, and files as streams; then clients that use it. It prints what happens.

import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import WebSocket, { createWebSocketStream, WebSocketServer } from 'ws';

const log = (...words) => console.log(words.join(' '));

// ── Rooms, with sign-in by verifyClient ─────────────────────────────────────────────────────────────────────────────

const rooms = new Map();

function join(socket, room) {
  if (!rooms.has(room)) rooms.set(room, new Set());
  rooms.get(room).add(socket);
  socket.rooms.add(room);
}

function leaveAll(socket) {
  for (const room of socket.rooms) {
    rooms.get(room).delete(socket);
    if (rooms.get(room).size === 0) rooms.delete(room);
  }
}

function toRoom(room, message, except) {
  const text = JSON.stringify(message);
  for (const member of rooms.get(room) ?? []) {
    if (member !== except && member.readyState === WebSocket.OPEN) member.send(text);
  }
}

const chat = new WebSocketServer({
  port: 0,
  host: '127.0.0.1',
  path: '/chat',
  maxPayload: 64 * 1024,
  perMessageDeflate: { threshold: 512, serverNoContextTakeover: true },
  handleProtocols: (protocols) => (protocols.has('chat.v2') ? 'chat.v2' : false),
  verifyClient({ origin, req, secure }, callback) {
    const user = /^Bearer (\w+)$/.exec(req.headers.authorization ?? '')?.[1];
    if (origin === 'http://evil.example') return callback(false, 403, 'No', { 'X-Reason': 'origin' });
    if (user === undefined) return setImmediate(callback, false, 401, 'Who are you?');
    req.user = { name: user, secure };
    setImmediate(callback, true);
  },
});
chat.on('headers', (headers, request) => headers.push(`X-User: ${request.user.name}`));
chat.on('error', (error) => log('chat server failed:', error.message));

chat.on('connection', (socket, request) => {
  socket.user = request.user;
  socket.rooms = new Set();
  socket.isAlive = true;
  socket.on('pong', () => {
    socket.isAlive = true;
  });
  socket.on('error', (error) => log('chat connection failed:', error.code ?? error.message));
  socket.on('close', (code, reason) => {
    leaveAll(socket);
    log('left:', socket.user.name, code, String(reason));
  });
  socket.on('message', (data, isBinary) => {
    if (isBinary) {
      socket.send(createHash('sha256').update(data).digest(), { binary: true, compress: false });
      return;
    }
    const message = JSON.parse(data);
    if (message.join !== undefined) {
      join(socket, message.join);
      socket.send(JSON.stringify({ joined: message.join }));
    } else if (message.say !== undefined) {
      toRoom(message.to, { from: socket.user.name, say: message.say }, socket);
    } else {
      socket.close(4400, 'what?');
    }
  });
});

/** The heartbeat of the documentation of ws, by hand instead of by a timer. */
function heartbeat() {
  for (const socket of chat.clients) {
    if (!socket.isAlive) {
      socket.terminate();
      continue;
    }
    socket.isAlive = false;
    socket.ping();
  }
}

// ── Files as streams, with sign-in before the upgrade ───────────────────────────────────────────────────────────────

const files = new WebSocketServer({ noServer: true, clientTracking: false, perMessageDeflate: true });
const http = createServer((_request, response) => response.end('plain\n'));

http.on('upgrade', (request, socket, head) => {
  socket.on('error', (error) => log('socket failed:', error.message));
  const { pathname, searchParams } = new URL(request.url, 'ws://localhost');
  if (pathname !== '/files' || searchParams.get('key') !== 'open') {
    socket.end('HTTP/1.1 401 Unauthorized\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
    return;
  }
  files.handleUpgrade(request, socket, head, (accepted) => files.emit('connection', accepted, request, 'signed in'));
});

files.on('connection', (socket, _request, how) => {
  log('files:', how);
  const stream = createWebSocketStream(socket);
  const hash = createHash('sha256');
  let size = 0;
  stream.on('data', (chunk) => {
    hash.update(chunk);
    size += chunk.length;
  });
  stream.on('end', () => {
    log('upload ended after', size, 'bytes');
    uploads++;
  });
  socket.on('message', () => {
    if (size === FILE.length) socket.send(hash.copy().digest('hex'));
  });
});

const FILE = randomBytes(300_000);
let uploads = 0;

// ── The clients ─────────────────────────────────────────────────────────────────────────────────────────────────────

await Promise.all([once(chat, 'listening'), once(http.listen(0, '127.0.0.1'), 'listening')]);
const chatUrl = `ws://127.0.0.1:${chat.address().port}/chat`;
const filesUrl = `ws://127.0.0.1:${http.address().port}/files`;

/** Resolves with the status of a refusal. */
async function refusal(url, options) {
  const client = new WebSocket(url, options);
  const [, response] = await once(client, 'unexpected-response');
  response.resume();
  client.on('error', () => {});
  client.terminate();
  return `${response.statusCode} ${response.headers['x-reason'] ?? ''}`.trim();
}

log('without a name:', await refusal(chatUrl));
log('from elsewhere:', await refusal(chatUrl, { origin: 'http://evil.example' }));
log('without a key:', await refusal(filesUrl));

function enter(name) {
  const client = new WebSocket(chatUrl, ['chat.v1', 'chat.v2'], { headers: { Authorization: `Bearer ${name}` } });
  client.received = [];
  client.on('message', (data) => client.received.push(JSON.parse(data)));
  client.on('upgrade', (response) => log('welcome,', response.headers['x-user']));
  return once(client, 'open').then(() => client);
}

const until = async (isReached) => {
  while (!isReached()) await new Promise((resolve) => setImmediate(resolve));
};

const ann = await enter('ann');
const bob = await enter('bob');
log('protocol:', ann.protocol, 'extensions:', ann.extensions.split(';')[0], 'clients:', chat.clients.size);

for (const client of [ann, bob]) client.send(JSON.stringify({ join: 'blue' }));
await until(() => ann.received.length === 1 && bob.received.length === 1);
const long = 'compressed '.repeat(200);
ann.send(JSON.stringify({ say: long, to: 'blue' }), (error) => log('sent:', error ?? 'yes'));
await until(() => bob.received.length === 2);
log('bob heard', bob.received[1].from, 'say', bob.received[1].say.length, 'characters');

bob.removeAllListeners('message');
bob.binaryType = 'arraybuffer';
const answer = new Promise((resolve) => bob.addEventListener('message', resolve, { once: true }));
bob.send(new Uint8Array([1, 2, 3]));
const { data, type, target } = await answer;
log('event:', type, target === bob, data instanceof ArrayBuffer, Buffer.from(data).toString('hex').slice(0, 8));

let pings = 0;
ann.on('ping', () => pings++);
const pongs = [...chat.clients].map((socket) => once(socket, 'pong'));
heartbeat();
await Promise.all(pongs);
log(
  'heartbeat answered:',
  pings === 1,
  [...chat.clients].every((socket) => socket.isAlive),
);

const bobsEnd = once(bob, 'close');
bob.send(Buffer.alloc(64 * 1024 + 1));
const [bobsCode] = await bobsEnd;
await until(() => chat.clients.size === 1);
log('too large:', bobsCode);
const annsEnd = once(ann, 'close');
ann.send('{}');
const [code, reason] = await annsEnd;
await until(() => rooms.size === 0);
log('mistaken:', code, String(reason), ann.readyState === WebSocket.CLOSED);

const upload = new WebSocket(`${filesUrl}?key=open`);
const hash = new Promise((resolve) => upload.on('message', (message) => resolve(String(message))));
const stream = createWebSocketStream(upload, { readableObjectMode: true });
stream.resume();
const done = pipeline(
  Readable.from([FILE.subarray(0, 100_000), FILE.subarray(100_000, 100_001), FILE.subarray(100_001)]),
  stream,
);
const isSame = (await hash) === createHash('sha256').update(FILE).digest('hex');
await done;
await until(() => uploads === 1);
log('hash:', isSame);

chat.close(() => log('chat closed'));
files.close();
http.close();
await Promise.all([once(chat, 'close'), once(http, 'close')]);
