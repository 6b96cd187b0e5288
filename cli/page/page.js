// The page: one WebSocket connection at a time. Three forms drive it (connect, send, close); the log and the state in the
// corner show it. The browser implements the protocol.

import { Announcer } from './announcer.js';
import { formatNumber, formatSize, Log } from './log.js';

const $ = (id) => document.getElementById(id);

const log = new Log($('log'), $('log-scroll'), $('newest'), $('omitted'));
const announcer = new Announcer($('announcements'));
const totals = { sent: { messages: 0, bytes: 0 }, received: { messages: 0, bytes: 0 } };
let totalsAreScheduled = false;
const encoder = new TextEncoder();

/** Bytes of UTF-8 that fit into a Close frame beside its code (RFC 6455, §5.5.1). */
const MAX_REASON = 123;

const closeMeanings = {
  1000: 'normal closure',
  1001: 'going away: the server is stopping, or the page was left',
  1002: 'protocol error',
  1003: 'unsupported data',
  1005: 'no code given',
  1007: 'invalid UTF-8',
  1008: 'policy violation',
  1009: 'message too big',
  1010: 'extension missing',
  1011: 'internal error of the server',
  1012: 'service restart',
  1013: 'try again later',
  1014: 'bad gateway',
};

/** @type {WebSocket | undefined} */
let socket;

$('url').value = `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/`;
render();

// Connecting

$('connect-form').addEventListener('submit', (event) => {
  event.preventDefault();
  if (socket === undefined) connect();
  else if (socket.readyState === WebSocket.CONNECTING) socket.close();
  else closeConnection(1000, '');
});

function connect() {
  const url = $('url').value.trim();
  const protocols = $('protocols')
    .value.split(/[\s,]+/)
    .filter(Boolean);
  showError('connect-error', '', $('url'), $('protocols'));
  const problem = problemOfUrl(url);
  if (problem !== undefined) {
    refuse(problem, $('url'));
    return;
  }
  try {
    socket = new WebSocket(url, protocols);
  } catch (error) {
    if (error.name === 'SecurityError') refuse('A page loaded over https can open only wss:// addresses.', $('url'));
    else refuse(problemOfProtocols(protocols) ?? `The browser refuses: ${error.message}`, $('protocols'));
    return;
  }
  // A Blob is not copied into the page until the log shows it.
  socket.binaryType = 'blob';
  log.note(`connecting to ${withoutPassword(url)}${protocols.length > 0 ? `, offering ${protocols.join(', ')}` : ''}`);
  follow(socket);
  render();
}

function refuse(problem, field) {
  showError('connect-error', problem, field);
  field.focus();
}

/** Browsers resolve a relative or empty URL against that of the page, which is not what the user means here. */
function problemOfUrl(url) {
  const form = 'Use ws://host:port/path or wss://host/path.';
  if (url === '') return `The URL is empty. ${form}`;
  if (!URL.canParse(url)) return `“${withoutPassword(url)}” is not a URL. ${form}`;
  const { protocol } = new URL(url);
  if (protocol !== 'ws:' && protocol !== 'wss:') {
    return `${protocol} is not a WebSocket scheme. ${form}`;
  }
  if (url.includes('#')) return 'A WebSocket URL cannot have a fragment: remove the # and everything after it.';
  return undefined;
}

/** Removes the password: people show the log to others. */
function withoutPassword(url) {
  return url.replace(/\/\/[^/?#]*@/, '//***@');
}

function problemOfProtocols(protocols) {
  const bad = protocols.find((protocol) => !/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(protocol));
  if (bad !== undefined) return `“${bad}” is not a subprotocol: use only letters, digits and !#$%&'*+.^_\`|~-.`;
  const twice = protocols.find((protocol, index) => protocols.indexOf(protocol) !== index);
  return twice === undefined ? undefined : `The subprotocol “${twice}” is named twice.`;
}

function follow(current) {
  let opened = false;
  current.addEventListener('open', () => {
    opened = true;
    log.note(`connected${current.protocol === '' ? '' : `, subprotocol ${current.protocol}`}`);
    render();
    $('text').focus();
  });
  current.addEventListener('message', ({ data }) => {
    const size = sizeOf(data);
    if (typeof data === 'string') log.text('received', data, size);
    else log.binary('received', data);
    count('received', size);
    announcer.received(data);
  });
  current.addEventListener('close', ({ code, reason, wasClean }) => {
    if (socket === current) socket = undefined;
    const failed = !wasClean;
    log.note(failed ? lossInWords(opened) : closeInWords(code, reason), failed ? 'error' : 'note');
    render(failed ? (opened ? 'Connection lost' : 'Could not connect') : `Closed with ${code}`, failed);
  });
}

function closeInWords(code, reason) {
  const meaning = closeMeanings[code] ?? 'a code of the application';
  return `closed with ${code} (${meaning})${reason === '' ? '' : `: ${reason}`}`;
}

/** Browsers give pages no reason, so that pages cannot explore networks (WHATWG WebSockets). */
function lossInWords(opened) {
  if (opened) return 'connection lost: it ended without a closing handshake (1006)';
  return (
    'could not connect: nothing listens there, the server refused the handshake or the subprotocols, or the browser ' +
    'does not trust its certificate. The console in the developer tools may show the reason'
  );
}

// Sending

$('send-form').addEventListener('submit', (event) => {
  event.preventDefault();
  if (socket?.readyState !== WebSocket.OPEN) return;
  const field = $('text');
  const size = sizeOf(field.value);
  socket.send(field.value);
  log.text('sent', field.value, size);
  count('sent', size);
  field.value = '';
  field.focus();
});

$('text').addEventListener('keydown', (event) => {
  // While a word is being composed (Chinese, Japanese, Korean), Enter belongs to the input method.
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  $('send-form').requestSubmit();
});

$('pick').addEventListener('click', () => $('files').click());
$('files').addEventListener('change', () => {
  sendFiles($('files').files);
  $('files').value = '';
});

function sendFiles(files) {
  for (const file of files) {
    if (socket?.readyState !== WebSocket.OPEN) {
      log.note(`${file.name} was not sent: not connected`, 'error');
      continue;
    }
    socket.send(file);
    log.binary('sent', file, file.name);
    count('sent', file.size);
  }
}

// Files may be dropped anywhere. `dragenter` and `dragleave` come for each element on the way; only leaving the
// window counts.
addEventListener('dragover', (event) => {
  if (!event.dataTransfer.types.includes('Files')) return;
  event.preventDefault();
  const open = socket?.readyState === WebSocket.OPEN;
  event.dataTransfer.dropEffect = open ? 'copy' : 'none';
  $('drop-text').textContent = open ? 'Drop to send as binary messages' : 'Connect first, then drop files';
  $('drop').hidden = false;
});
addEventListener('dragleave', (event) => {
  if (event.relatedTarget === null) $('drop').hidden = true;
});
addEventListener('drop', (event) => {
  event.preventDefault();
  $('drop').hidden = true;
  sendFiles(event.dataTransfer.files);
});

/** Bytes of a message's payload. */
function sizeOf(data) {
  return typeof data === 'string' ? encoder.encode(data).length : data.size;
}

function count(direction, size) {
  const total = totals[direction];
  total.messages++;
  total.bytes += size;
  if (totalsAreScheduled) return;
  // Once per frame, however many messages come.
  totalsAreScheduled = true;
  requestAnimationFrame(showTotals);
}

function showTotals() {
  totalsAreScheduled = false;
  for (const [direction, { messages, bytes }] of Object.entries(totals)) {
    $(direction).textContent = messages === 0 ? '0' : `${formatNumber(messages)} · ${formatSize(bytes)}`;
  }
}

// Closing

$('close-form').addEventListener('submit', (event) => {
  event.preventDefault();
  const code = $('code').value.trim();
  const reason = $('reason').value;
  const reasonSize = new Blob([reason]).size;
  showError('close-error', '', $('code'), $('reason'));
  if (!/^(1000|[34]\d{3})$/.test(code)) {
    showError('close-error', 'Close code: a browser can send only 1000 and 3000 to 4999.', $('code'));
    $('code').focus();
  } else if (reasonSize > MAX_REASON) {
    showError(
      'close-error',
      `Reason: ${reasonSize} bytes. A Close frame holds at most ${MAX_REASON}: shorten it.`,
      $('reason'),
    );
    $('reason').focus();
  } else {
    closeConnection(Number(code), reason);
  }
});

function closeConnection(code, reason) {
  if (socket?.readyState !== WebSocket.OPEN) return;
  socket.close(code, reason);
  log.note(`closing with ${code}${reason === '' ? '' : `: ${reason}`}`);
  render();
}

$('clear').addEventListener('click', () => {
  log.clear();
  for (const direction of ['sent', 'received']) totals[direction] = { messages: 0, bytes: 0 };
  showTotals();
});

// Showing the state

/** Shows an error below a form and marks its field, or removes both. */
function showError(id, text, ...fields) {
  $(id).textContent = text;
  for (const field of fields) {
    if (text === '') field.removeAttribute('aria-invalid');
    else field.setAttribute('aria-invalid', 'true');
  }
}

/** Updates the state, buttons and fields. `ended` tells how the last connection ended. */
function render(ended = 'Not connected', failed = false) {
  const states = {
    [WebSocket.CONNECTING]: ['connecting', 'Connecting…', 'Cancel'],
    [WebSocket.OPEN]: ['open', `Connected${socket?.protocol ? ` · ${socket.protocol}` : ''}`, 'Disconnect'],
    [WebSocket.CLOSING]: ['closing', 'Closing…', 'Disconnect'],
  };
  const [state, text, action] = states[socket?.readyState] ?? [failed ? 'failed' : 'closed', ended, 'Connect'];
  $('state').dataset.state = state;
  $('state').textContent = text;
  $('connect').textContent = action;
  $('connect').disabled = state === 'closing';
  $('connect').classList.toggle('primary', socket === undefined);
  const focused = document.activeElement;
  for (const id of ['url', 'protocols']) $(id).disabled = socket !== undefined;
  for (const id of ['text', 'send', 'pick', 'code', 'reason', 'close']) $(id).disabled = state !== 'open';
  // A disabled field loses the focus, and a keyboard user would have to start again at the top of the page.
  if (focused instanceof HTMLElement && focused !== document.body && focused.matches(':disabled')) $('connect').focus();
}
