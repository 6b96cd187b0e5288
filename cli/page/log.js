// The log of the page: rows for what was sent and received, at most `MAX_ROWS` of them. Rows are added once per frame,
// so that a fast peer cannot keep the page from painting.

const MAX_ROWS = 1000;
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

export class Log {
  #list;
  #scroller;
  #newest;
  #waiting = [];
  #follows = true;

  /**
   * @param {HTMLElement} list      takes the rows
   * @param {HTMLElement} scroller  scrolls the list; kept at its end unless the user has scrolled up
   * @param {HTMLElement} newest    button that leads back to the end, shown when it is needed
   */
  constructor(list, scroller, newest) {
    this.#list = list;
    this.#scroller = scroller;
    this.#newest = newest;
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

  /** What happened to the connection. */
  note(text, kind = 'note') {
    this.#add(createRow('none', kind, '', text));
  }

  text(direction, text) {
    const content = document.createDocumentFragment();
    content.append(text.slice(0, MAX_CHARACTERS));
    const more = text.length - MAX_CHARACTERS;
    if (more > 0) content.append(quiet(` … ${more.toLocaleString('en')} more characters`));
    this.#add(createRow(direction, 'text', formatSize(new Blob([text]).size), content));
  }

  /**
   * @param {Blob} blob
   * @param {string} name  of the file, or ''
   */
  binary(direction, blob, name = '') {
    const content = document.createElement('div');
    this.#add(createRow(direction, 'binary', formatSize(blob.size), content));
    // Reading is asynchronous; the row has its place already.
    blob
      .slice(0, MAX_BYTES)
      .arrayBuffer()
      .then((buffer) => {
        const hex = Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, '0'));
        if (name !== '') content.append(quiet(`${name}\n`));
        const type = blob.size <= MAX_IMAGE && imageTypes.find(([, start]) => start.test(hex.join('')))?.[0];
        if (type) content.append(createImage(blob, type, name));
        else content.append(hex.join(' '), blob.size > MAX_BYTES ? ' …' : '');
        if (this.#follows) this.#scrollToEnd();
      })
      .catch((error) => content.append(quiet(`cannot be read: ${error.message}`)));
  }

  clear() {
    this.#waiting = [];
    this.#drop(this.#list.childElementCount);
    this.#newest.hidden = true;
    this.#follows = true;
  }

  #add(row) {
    this.#waiting.push(row);
    // A page in the background paints no frames, but its messages come all the same.
    if (this.#waiting.length > MAX_ROWS) this.#waiting.shift();
    if (this.#waiting.length === 1) requestAnimationFrame(() => this.#flush());
  }

  #flush() {
    const rows = this.#waiting;
    if (rows.length === 0) return;
    this.#waiting = [];
    this.#list.append(...rows);
    this.#drop(this.#list.childElementCount - MAX_ROWS);
    if (this.#follows) this.#scrollToEnd();
    else this.#newest.hidden = false;
  }

  #drop(count) {
    for (let i = 0; i < count; i++) {
      const row = this.#list.firstElementChild;
      for (const image of row.querySelectorAll('img')) URL.revokeObjectURL(image.src);
      row.remove();
    }
  }

  #scrollToEnd() {
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
    this.#newest.hidden = true;
  }
}

function createRow(direction, kind, size, content) {
  const row = element('div', 'row');
  row.dataset.direction = direction;
  row.dataset.kind = kind;
  const time = element('time', 'time', timeOfDay(new Date()));
  const arrow = element('span', 'direction', arrows[direction]);
  arrow.title = arrowNames[direction];
  arrow.append(element('span', 'visually-hidden', arrowNames[direction]));
  const body = element('div', 'content');
  body.append(content);
  row.append(time, arrow, element('span', 'kind', kind), element('span', 'size', size), body);
  return row;
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
