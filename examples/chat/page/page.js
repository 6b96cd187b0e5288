// The page: shows rooms, sends what is typed, and comes back by itself. Its connection is a session that outlives breaks; what it does
// where a session is lost is in the listeners of `resumed` and `expired`.

// In a page of yours: from 'harmony-websocket/resume/browser', by a bundler or an import map.
import { ResumableWebSocket } from './resume.js';
import { Room } from './room.js';

const byId = (id) => document.getElementById(id);
const randomId = () => crypto.randomUUID();

/** Who this tab is. In an application: the user of the login, which the server knows. */
const who = randomId();
let name = '';
let node = '';
let current;
/** @type {Map<string, Room>} */
const rooms = new Map();

const address = new URL('/', location.href);
address.protocol = address.protocol.replace('http', 'ws');
const socket = new ResumableWebSocket(address.href);

/** @returns whether it was taken: the session sends it when it can */
function request(call, fields) {
  try {
    socket.send(JSON.stringify({ call, ...fields }));
    return true;
  } catch {
    return false; // 16 MiB wait already
  }
}

// ── The connection ─────────────────────────────────────────────────────────────────────────────────────────────────

socket.addEventListener('interrupted', () => show('away', 'Connection lost. What you write is kept.'));

socket.addEventListener('resumed', ({ orphan, lost }) => {
  // Nothing to do, as a rule. But for a time no node had the session, or it had no room: what was said meanwhile is in the history.
  if (orphan || lost) for (const room of rooms.values()) request('more', { room: room.name, after: room.last });
});

socket.addEventListener('expired', ({ unsent }) => {
  // The session is gone, with the node that had it, say. The new one knows nothing: join again, and ask for what is after the last
  // message that is here.
  for (const room of rooms.values()) join(room);
  // And say again what the server has not acknowledged. It may have had it: the id shows the others that it is the same.
  for (const { data, incomplete } of unsent) {
    if (!incomplete && JSON.parse(data).call === 'say') socket.send(data);
  }
});

socket.addEventListener('close', ({ code }) => show('closed', `Closed (${code}). Load the page again.`));

socket.addEventListener('message', ({ data }) => {
  const message = JSON.parse(data);
  if (message.node !== undefined) {
    node = message.node;
    show('open', `Connected to ${node}`);
  } else if (message.check) {
    for (const room of rooms.values()) request('more', { room: room.name, after: room.last });
  } else if (message.error !== undefined) refused(message);
  else if (rooms.has(message.room)) heard(rooms.get(message.room), message);
});

function join(room) {
  request('join', { room: room.name, who, name, ...(room.isKnown && { after: room.last }) });
}

function heard(room, { message, history, first, last, members, joined, left }) {
  if (message !== undefined && room.take(message)) {
    if (room !== current || document.hidden) room.unread++;
  }
  if (history !== undefined) {
    const gone = room.catchUp({ history, first, last });
    if (gone > 0) note(room, `${gone} messages are gone: the room keeps only the last ones`);
  }
  if (members !== undefined) room.members = new Map(members.map(({ key, data }) => [key, data.name]));
  for (const { key, data } of joined ?? []) {
    if (key !== who && !room.members.has(key)) note(room, `${data.name} has come`);
    room.members.set(key, data.name);
  }
  for (const { key, data } of left ?? []) if (room.members.delete(key)) note(room, `${data.name} has left`);
  draw(room);
}

/** A line between messages. */
function note(room, text) {
  if (room.isKnown) room.messages.push({ note: text, number: room.last });
}

function refused({ error, id, room }) {
  byId('problem').textContent = `Not done: ${error}.`;
  const messages = rooms.get(room)?.messages ?? [];
  const own = messages.find((one) => one.id === id && one.number === undefined);
  if (own === undefined) return;
  messages.splice(messages.indexOf(own), 1);
  if (current.name === room && byId('text').value === '') byId('text').value = own.text;
  draw(rooms.get(room));
}

// ── What people do ─────────────────────────────────────────────────────────────────────────────────────────────────

byId('name').value = localStorage.getItem('name') ?? '';
byId('first-room').value = decodeURIComponent(location.hash.slice(1)) || 'lobby';
byId(byId('name').value === '' ? 'name' : 'first-room').focus();

byId('enter').addEventListener('submit', (event) => {
  event.preventDefault();
  name = byId('name').value.trim();
  if (name === '') return;
  localStorage.setItem('name', name);
  byId('welcome').hidden = true;
  byId('chat').hidden = false;
  open(byId('first-room').value);
});

byId('add').addEventListener('submit', (event) => {
  event.preventDefault();
  open(byId('room').value);
  byId('room').value = '';
});

byId('leave').addEventListener('click', () => {
  request('leave', { room: current.name });
  rooms.delete(current.name);
  const [next] = rooms.values();
  open(next?.name ?? 'lobby');
});

byId('compose').addEventListener('submit', (event) => {
  event.preventDefault();
  const text = byId('text').value.trim();
  if (text === '') return;
  const id = randomId();
  byId('problem').textContent = '';
  if (!request('say', { room: current.name, id, text })) {
    byId('problem').textContent = 'Too much waits already.';
    return;
  }
  current.messages.push({ id, who, name, text, at: Date.now() });
  byId('text').value = '';
  draw(current, true);
});

byId('text').addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  byId('compose').requestSubmit();
});

addEventListener('keydown', (event) => {
  if (!event.altKey || !current || !['ArrowUp', 'ArrowDown'].includes(event.key)) return;
  event.preventDefault();
  const names = [...rooms.keys()];
  const step = event.key === 'ArrowUp' ? -1 : 1;
  open(names[(names.indexOf(current.name) + step + names.length) % names.length]);
});

byId('newest').addEventListener('click', () => toNewest());
byId('scroll').addEventListener('scroll', () => {
  byId('newest').hidden = isAtNewest();
});
document.addEventListener('visibilitychange', () => current && !document.hidden && draw(current));

/** Shows a room; joins it first. */
function open(given) {
  const roomName = given.trim().toLowerCase();
  let room = rooms.get(roomName);
  if (room === undefined) {
    room = new Room(roomName, (after) => request('more', { room: roomName, after }));
    rooms.set(roomName, room);
    join(room);
  }
  current = room;
  history.replaceState(null, '', `#${roomName}`);
  byId('problem').textContent = '';
  draw(room, true);
  byId('text').focus();
}

// ── What is seen ───────────────────────────────────────────────────────────────────────────────────────────────────

function show(state, text) {
  byId('state').dataset.state = state;
  byId('state').textContent = text;
}

const isAtNewest = () => {
  const { scrollHeight, scrollTop, clientHeight } = byId('scroll');
  return scrollHeight - scrollTop - clientHeight < 40;
};

function toNewest() {
  byId('scroll').scrollTop = byId('scroll').scrollHeight;
  byId('newest').hidden = true;
}

/** Rows that are shown, by message: a message keeps its row. */
let rows = new Map();

function draw(room, isOurs = false) {
  if (room === current) {
    const follows = isOurs || isAtNewest();
    if (!document.hidden) room.unread = 0;
    const next = new Map(room.messages.map((message) => [message, rows.get(message) ?? rowOf(message)]));
    rows = next;
    fill(byId('scroll'), new Set(next.values()));
    if (follows) toNewest();
    else byId('newest').hidden = false;
    byId('title').textContent = `#${room.name}`;
    byId('count').textContent = room.members.size === 1 ? 'only you' : `${room.members.size} people`;
    byId('members').replaceChildren(...[...room.members].map(memberOf));
  }
  byId('rooms').replaceChildren(...[...rooms.values()].map(buttonOf));
  const unread = [...rooms.values()].reduce((sum, one) => sum + one.unread, 0);
  document.title = `${unread > 0 ? `(${unread}) ` : ''}#${current.name} · Chat`;
}

/** Puts rows in order. Those that stay are not touched: a screen reader only tells what is new. */
function fill(log, wanted) {
  for (const row of [...log.children]) if (!wanted.has(row)) row.remove();
  let at = log.firstChild;
  for (const row of wanted) {
    if (row === at) at = at.nextSibling;
    else log.insertBefore(row, at);
  }
}

function rowOf({ note, who: author, name: by, text, at, number }) {
  if (note !== undefined) return element('p', { class: 'note' }, note);
  const time = new Date(at);
  const clock = time.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
  const row = element(
    'article',
    { class: `message${author === who ? ' mine' : ''}${number === undefined ? ' waits' : ''}` },
    element(
      'div',
      { class: 'by' },
      element('b', {}, by),
      element('time', { class: 'quiet', datetime: time.toISOString() }, number === undefined ? 'waits' : clock),
    ),
    element('div', { class: 'text' }, text),
  );
  row.style.setProperty('--hue', hueOf(author));
  return row;
}

function memberOf([key, called]) {
  const face = element('span', { class: 'face', 'aria-hidden': 'true' }, [...called][0].toUpperCase());
  face.style.setProperty('--hue', hueOf(key));
  return element('li', {}, face, element('span', {}, key === who ? `${called} (you)` : called));
}

function buttonOf(room) {
  const button = element('button', { type: 'button', 'aria-current': `${room === current}` }, `#${room.name}`);
  if (room.unread > 0) button.append(element('span', { class: 'unread' }, `${room.unread}`));
  button.addEventListener('click', () => open(room.name));
  return element('li', {}, button);
}

function element(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children); // texts stay texts
  return made;
}

/** The same colour for the same person. */
function hueOf(key) {
  let sum = 0;
  for (const character of key) sum = (sum * 31 + character.charCodeAt(0)) % 360;
  return sum;
}
