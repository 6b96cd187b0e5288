// The log of the page: the last `MAX_ROWS` rows for messages sent and received. Entries between two frames are kept as plain
// values and become rows once per frame; of a flood, only those that will stay. So the time for a message does not depend
// on the page, and a fast peer cannot stop the page from painting.

const MAX_ROWS = 1000;
/** Rows made in one frame. The others are made in the next frames. */
const ROWS_PER_FRAME = 64;
/** Of one message, in the log. */
const MAX_CHARACTERS = 2000;
const MAX_BYTES = 96;
/** Larger pictures are shown as bytes. */
const MAX_IMAGE = 20 * 1024 * 1024;
/** First bytes of the pictures that every browser shows. SVG is left out: it is a document. */
const imageTypes = [
  ['image/png', /^89504e470d0a1a0a/],
  ['image/jpeg', /^ffd8ff/],
  ['image/gif', /^474946383[79]61/],
  ['image/webp', /^52494646.{8}57454250/],
];

const arrows = { sent: '↑', received: '↓', none: '·' };
const arrowNames = { sent: 'sent', received: 'received', none: '' };

/** @typedef {{ direction: string, kind: string, time: number, size: string, text?: string, more?: number, blob?: Blob, name?: string }} Entry */

export class Log {
  #list;
  #scroller;
  #newest;
  #omitted;
  #template = createTemplate();
  /** @type {Entry[]} */
  #waiting = [];
  #added = 0;
  #isScheduled = false;
  #follows = true;

  /**
   * @param {HTMLElement} list      takes the rows
   * @param {HTMLElement} scroller  scrolls the list; kept at its end unless the user has scrolled up
   * @param {HTMLElement} newest    button that leads back to the end, shown when needed
   * @param {HTMLElement} omitted   shows how many rows were removed
   */
  constructor(list, scroller, newest, omitted) {
    this.#list = list;
    this.#scroller = scroller;
    this.#newest = newest;
    this.#omitted = omitted;
    scroller.addEventListener('scroll', () => {
      this.#follows = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 24;
      if (this.#follows) newest.hidden = true;
    });
    newest.addEventListener('click', () => {
      this.#follows = true;
      this.#scrollToEnd();
      scroller.focus();
    });
    // The log grows and shrinks with the window, and with pictures that have been loaded.
    new ResizeObserver(() => this.#follows && this.#scrollToEnd()).observe(scroller);
    list.addEventListener('load', () => this.#follows && this.#scrollToEnd(), true);
  }

  /** Adds an event of the connection. */
  note(text, kind = 'note') {
    this.#add({ direction: 'none', kind, time: Date.now(), size: '', text });
  }

  /** @param {number} size  of the text in bytes of UTF-8 */
  text(direction, text, size) {
    const more = text.length - MAX_CHARACTERS;
    const shown = more > 0 ? copyOf(text.slice(0, MAX_CHARACTERS)) : text;
    this.#add({ direction, kind: 'text', time: Date.now(), size: formatSize(size), text: shown, more });
  }

  /**
   * @param {Blob} blob
   * @param {string} name  of the file, or ''
   */
  binary(direction, blob, name = '') {
    this.#add({ direction, kind: 'binary', time: Date.now(), size: formatSize(blob.size), blob, name });
  }

  clear() {
    this.#waiting = [];
    this.#added = 0;
    this.#drop(this.#list.childElementCount);
    this.#tellOmitted();
    this.#newest.hidden = true;
    this.#follows = true;
  }

  #add(entry) {
    this.#added++;
    this.#waiting.push(entry);
    // Such rows would be removed at once. A page in the background paints no frames, but still gets messages.
    if (this.#waiting.length > 2 * MAX_ROWS) this.#waiting.splice(0, this.#waiting.length - MAX_ROWS);
    this.#schedule();
  }

  #schedule() {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    requestAnimationFrame(() => {
      this.#isScheduled = false;
      this.#flush();
    });
  }

  #flush() {
    if (this.#waiting.length === 0) return;
    const skipped = Math.max(0, this.#waiting.length - MAX_ROWS);
    const entries = this.#waiting.splice(0, skipped + ROWS_PER_FRAME).slice(skipped);
    this.#drop(this.#list.childElementCount + entries.length - MAX_ROWS);
    this.#list.append(...entries.map((entry) => this.#createRow(entry)));
    this.#tellOmitted();
    if (this.#follows) this.#scrollToEnd();
    else this.#newest.hidden = false;
    if (this.#waiting.length > 0) this.#schedule();
  }

  #drop(count) {
    for (let i = 0; i < count; i++) {
      const row = this.#list.firstElementChild;
      for (const image of row.getElementsByTagName('img')) URL.revokeObjectURL(image.src);
      row.remove();
    }
  }

  /** Shows how many earlier rows were removed. */
  #tellOmitted() {
    const omitted = this.#added - this.#waiting.length - this.#list.childElementCount;
    const rows = omitted === 1 ? '1 earlier row is' : `${formatNumber(omitted)} earlier rows are`;
    this.#omitted.textContent = `${rows} not shown: the log keeps the last ${formatNumber(MAX_ROWS)}.`;
    this.#omitted.hidden = omitted <= 0;
  }

  #scrollToEnd() {
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
    this.#newest.hidden = true;
  }

  /** @param {Entry} entry */
  #createRow({ direction, kind, time, size, text, more = 0, blob, name }) {
    const row = this.#template.cloneNode(true);
    row.dataset.direction = direction;
    row.dataset.kind = kind;
    const [timeCell, arrowCell, kindCell, sizeCell, content] = row.children;
    timeCell.textContent = timeOfDay(new Date(time));
    arrowCell.title = arrowNames[direction];
    arrowCell.firstChild.data = arrows[direction];
    arrowCell.lastChild.textContent = arrowNames[direction];
    kindCell.textContent = kind;
    sizeCell.textContent = size;
    if (blob !== undefined) void this.#showBytes(content, blob, name);
    else content.textContent = text;
    if (more > 0) content.append(quiet(` … ${formatNumber(more)} more characters`));
    return row;
  }

  /** Reading is asynchronous; the row has its place already. */
  async #showBytes(content, blob, name) {
    try {
      const bytes = new Uint8Array(await blob.slice(0, MAX_BYTES).arrayBuffer());
      const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0'));
      if (name !== '') content.append(quiet(`${name}\n`));
      const type = blob.size <= MAX_IMAGE && imageTypes.find(([, start]) => start.test(hex.join('')))?.[0];
      // A row that was removed meanwhile would never release its picture.
      if (type && content.isConnected) content.append(createImage(blob, type, name));
      else content.append(hex.join(' '), blob.size > MAX_BYTES ? ' …' : '');
      if (this.#follows) this.#scrollToEnd();
    } catch (error) {
      content.append(quiet(`cannot be read: ${error.message}`));
    }
  }
}

/** A row without content; cloning it costs a third of making its parts. */
function createTemplate() {
  const row = element('div', 'row');
  const arrow = element('span', 'direction', ' ');
  arrow.append(element('span', 'visually-hidden'));
  row.append(element('time', 'time'), arrow, element('span', 'kind'), element('span', 'size'));
  row.append(element('div', 'content'));
  return row;
}

/** Returns a separate copy: a slice keeps the whole message in memory. */
function copyOf(text) {
  return new TextDecoder().decode(new TextEncoder().encode(text));
}

function createImage(blob, type, name) {
  const image = document.createElement('img');
  image.alt = name === '' ? `picture (${type})` : name;
  image.src = URL.createObjectURL(blob.slice(0, blob.size, type));
  return image;
}

function element(name, className, text = '') {
  const created = document.createElement(name);
  created.className = className;
  created.textContent = text;
  return created;
}

function quiet(text) {
  return element('span', 'more', text);
}

function timeOfDay(date) {
  const part = (value, digits) => String(value).padStart(digits, '0');
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map((value) => part(value, 2)).join(':');
  return `${clock}.${part(date.getMilliseconds(), 3)}`;
}

const numbers = new Intl.NumberFormat('en');

/** `20,000`. */
export function formatNumber(number) {
  return numbers.format(number);
}

/** `5 B`, `1.5 KiB`, `16 MiB`. */
export function formatSize(bytes) {
  const units = ['B', 'KiB', 'MiB', 'GiB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : Number(value.toFixed(1))} ${units[unit]}`;
}
