// A client's end of wsr1, written from docs/resume.md only: none of the code of src/ is used, and neither is its structure. It
// shows that the page is enough. Over the client of `ws`.

import { randomBytes } from 'node:crypto';
import WebSocket from 'ws';

const D = '\u0010';
const LIMITS = { v: 1, buf: 65_536, part: 16_384, max: 8_388_608 };
const sizeOf = (data) => (typeof data === 'string' ? Buffer.byteLength(data) : data.length);

export class Stranger {
  /** Everything that was heard, for the test. */
  events = [];
  messages = [];
  sockets = 0;
  #url;
  #socket;
  #phase = 'away';
  #id;
  #token;
  #nonce = randomBytes(16).toString('base64url');
  #attempt = 0;
  #hello;
  // What goes out: pieces with numbers, oldest first; the number before the first of them; the last one on this connection.
  #kept = [];
  #acknowledged = 0;
  #cursor = 0;
  #queue = [];
  // What comes in.
  #received = 0;
  #lastTold = 0;
  #owedBytes = 0;
  #mark = '';
  #parts = [];
  #timer;

  constructor(url) {
    this.#url = url;
  }

  connect() {
    this.sockets++;
    const socket = new WebSocket(this.#url, ['wsr1'], { perMessageDeflate: this.sockets % 2 === 0 });
    this.#socket = socket;
    this.#phase = 'dialing';
    const current =
      (listener) =>
      (...values) =>
        this.#socket === socket && listener(...values);
    socket.on(
      'message',
      current((data, isBinary) => this.#got(isBinary ? new Uint8Array(data) : data.toString())),
    );
    socket.on('error', () => {});
    socket.on(
      'close',
      current((code) => this.#gone(code)),
    );
  }

  /** The network breaks, for the test. */
  cut() {
    const socket = this.#socket;
    this.#gone(1006);
    socket?.terminate();
  }

  send(data) {
    this.#queue.push(data);
    this.#flush();
  }

  end(code, reason) {
    this.#acknowledge();
    this.#socket.send(`${D}B${JSON.stringify({ end: true, code, reason })}`);
    this.#socket.close(code, reason);
    this.#socket = undefined;
  }

  get isIdle() {
    return this.#phase === 'live' && this.#kept.length === 0 && this.#queue.length === 0;
  }

  #gone(code) {
    this.#socket = undefined;
    this.#phase = 'away';
    this.#mark = '';
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.events.push(`gone ${code}`);
  }

  #got(data) {
    if (typeof data !== 'string' || data[0] !== D || data[1] === D) this.#data(data);
    else if (this.#phase === 'live') this.#liveControl(data[1], data.slice(2));
    else this.#handshake(data[1], JSON.parse(data.slice(2)));
  }

  #handshake(kind, body) {
    if (kind === 'H') {
      this.#hello = body;
      const resume = this.#id === undefined ? {} : { id: this.#id, tok: this.#token, rx: this.#received };
      this.#socket.send(`${D}S${JSON.stringify({ ...LIMITS, n: ++this.#attempt, ...resume, new: this.#nonce })}`);
    } else if (kind === 'X') {
      this.events.push(`expired ${body.why}`);
      this.#id = undefined;
      this.#kept = [];
      this.#queue = [];
      this.#parts = [];
      this.#acknowledged = this.#cursor = this.#received = this.#lastTold = 0;
    } else if (kind === 'R') {
      this.events.push(this.#id === undefined ? 'open' : 'resumed');
      this.#id = body.id;
      this.#token = body.tok;
      this.#nonce = randomBytes(16).toString('base64url');
      if (body.lost) this.#received = body.lost[1];
      this.#cursor = body.rx;
      this.#phase = 'live';
      this.#acknowledge();
      this.#flush();
    }
  }

  #liveControl(kind, body) {
    if (kind === 'A') {
      const [handled, sent] = body.split(' ').map(Number);
      if (sent !== this.#received || handled > this.#cursor)
        throw new Error(`A ${body}, have ${this.#received} and ${this.#cursor}`);
      this.#kept.splice(0, handled - this.#acknowledged);
      this.#acknowledged = handled;
      this.#flush();
    } else if (kind === 'Q') this.#acknowledge();
    else if (kind === '+' || kind === '!') this.#mark = kind;
    else if (kind === 'B') this.events.push(`goodbye ${body}`);
  }

  #data(wire) {
    const data = typeof wire === 'string' && wire[0] === D ? wire.slice(1) : wire;
    const mark = this.#mark;
    this.#mark = '';
    this.#received++;
    this.#owedBytes += sizeOf(data);
    if (mark === '!') this.#parts = [];
    else {
      this.#parts.push(data);
      if (mark === '') {
        const parts = this.#parts;
        this.#parts = [];
        this.messages.push(typeof data === 'string' ? parts.join('') : new Uint8Array(Buffer.concat(parts)));
      }
    }
    if (this.#received - this.#lastTold >= 64 || this.#owedBytes >= this.#window / 4) this.#acknowledge();
    else this.#timer ??= setTimeout(() => this.#acknowledge(), 250);
  }

  /** All messages are handled when they have come. */
  #acknowledge() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#lastTold = this.#received;
    this.#owedBytes = 0;
    this.#socket?.send(`${D}A${this.#received} ${this.#cursor}`);
  }

  get #window() {
    return Math.min(LIMITS.buf, this.#hello.buf);
  }

  #flush() {
    while (this.#phase === 'live') {
      const next = this.#kept[this.#cursor - this.#acknowledged] ?? this.#cut();
      if (!next) return;
      const underWay = this.#kept.slice(0, this.#cursor - this.#acknowledged);
      const bytes = underWay.reduce((sum, { data }) => sum + sizeOf(data), 0);
      if (underWay.length > 0 && bytes + sizeOf(next.data) > this.#window) return;
      this.#cursor++;
      if (next.isPart) this.#socket.send(`${D}+`);
      this.#socket.send(typeof next.data === 'string' && next.data[0] === D ? D + next.data : next.data);
    }
  }

  /** Takes the next piece from the queue. Texts are cut by code points. */
  #cut() {
    const [data] = this.#queue;
    if (data === undefined) return undefined;
    const most = Math.min(this.#hello.part, Math.floor(this.#window / 4));
    let end = data.length;
    if (sizeOf(data) > most) {
      end = Math.min(data.length, most);
      if (typeof data === 'string') {
        while (sizeOf(data.slice(0, end)) > most) end = Math.floor(end / 2);
        if (/[\ud800-\udbff]/.test(data[end - 1])) end--;
      }
    }
    const isPart = end < data.length;
    if (isPart) this.#queue[0] = data.slice(end);
    else this.#queue.shift();
    this.#kept.push({ data: data.slice(0, end), isPart });
    return this.#kept.at(-1);
  }
}
