// DEFLATE (RFC 1951) the slow, obvious way, bit by bit from the start each time: what zlib and everything around it
// must agree with. Written after the RFC's text; where that leaves a choice, as zlib has it.

/** What inflating one message gave. */
export interface PlainResult {
  /** Everything that could be inflated, up to an error if there was one. */
  readonly output: Uint8Array;
  readonly error: string | undefined;
  /** A distance reaches further back than the agreed window: whether zlib still has those bytes depends on its calls. */
  readonly exceedsWindow: boolean;
  /** Where the first final block ends, in bytes of this message; after its last byte: within the tail. */
  readonly finalEnd: number | undefined;
}

const LENGTH_BASE = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163,
];
const DISTANCE_BASE = [1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537];
LENGTH_BASE.push(195, 227, 258);
DISTANCE_BASE.push(2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577);
const CODE_LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
const TAIL = [0x00, 0x00, 0xff, 0xff];
/** RFC 7692 §7.2.1: a message ends with the beginning of an empty stored block, which the tail completes. */
export const ENDS_WITHIN_BLOCK = 'ends within a block';

/** The bits are used up; more may come with the next message. */
const NO_MORE = Symbol('no more bits');

/** Inflates the messages of one direction of one connection. */
export class PlainInflate {
  readonly #keepsContext: boolean;
  readonly #window: number;
  /** Compressed bytes since the stream began, and how much of their output was given out. */
  #input: number[] = [];
  #given = 0;

  constructor(keepsContext: boolean, windowBits = 15) {
    this.#keepsContext = keepsContext;
    this.#window = 2 ** windowBits;
  }

  /** One message without its tail. After an error nothing may follow. */
  message(compressed: Uint8Array): PlainResult {
    const begun = this.#input.length;
    this.#input.push(...compressed, ...TAIL);
    const output: number[] = [];
    let exceedsWindow = false;
    let finalEnd: number | undefined;
    let error: string | undefined;
    for (;;) {
      const stream = new Stream(this.#input, this.#window);
      const end = stream.run();
      exceedsWindow ||= stream.exceedsWindow;
      error = stream.error;
      for (let at = this.#given; at < stream.output.length; at++) output.push(stream.output[at] as number);
      this.#given = stream.output.length;
      if (end === undefined) {
        if (!stream.isFlushed) error ??= ENDS_WITHIN_BLOCK;
        break;
      }
      finalEnd ??= end - begun;
      // A final block: blocks may follow it (RFC 7692 §7.2.3.4), as a stream that begins anew. The tail by itself is
      // not a block.
      this.#restart(this.#input.slice(end));
      if (this.#input.length <= TAIL.length) {
        // Some of the tail went into a block of the message; all of it may, as the end of an empty stored one.
        const left = this.#input.length;
        if (left !== TAIL.length && !(left === 0 && stream.isFlushed)) error ??= ENDS_WITHIN_BLOCK;
        this.#restart([]);
        break;
      }
    }
    if (!this.#keepsContext) this.#restart([]);
    return { output: Uint8Array.from(output), error, exceedsWindow, finalEnd };
  }

  #restart(input: number[]): void {
    this.#input = input;
    this.#given = 0;
  }
}

/** Codes of a Huffman tree by `length` and `bits` as text. */
type Tree = Map<string, number>;

class Stream {
  readonly output: number[] = [];
  error: string | undefined;
  exceedsWindow = false;
  /** Where the bits were used up, an empty stored block had just ended. */
  isFlushed = false;
  readonly #input: readonly number[];
  readonly #window: number;
  #bit = 0;

  constructor(input: readonly number[], window: number) {
    this.#input = input;
    this.#window = window;
  }

  /** @returns index of the byte after a final block; `undefined`: the bits were used up, or there was an error */
  run(): number | undefined {
    try {
      for (let isFinal = false; !isFinal; ) {
        this.isFlushed &&= this.#bit === this.#input.length * 8;
        isFinal = this.#bits(1) === 1;
        this.isFlushed = false;
        const type = this.#bits(2);
        if (type === 0) this.#stored();
        else if (type === 1) this.#block(fixedTree, fixedDistances);
        else if (type === 2) this.#dynamic();
        else throw new Error('invalid block type');
      }
      return Math.ceil(this.#bit / 8);
    } catch (reason) {
      if (reason !== NO_MORE) this.error = (reason as Error).message;
      return undefined;
    }
  }

  /** Least significant bit first (RFC 1951 §3.1.1). */
  #bits(count: number): number {
    if (this.#bit + count > this.#input.length * 8) throw NO_MORE;
    let value = 0;
    for (let index = 0; index < count; index++, this.#bit++) {
      value |= (((this.#input[this.#bit >> 3] as number) >> (this.#bit & 7)) & 1) << index;
    }
    return value;
  }

  #symbol(tree: Tree, what: string): number {
    let code = '';
    for (let length = 1; length <= 15; length++) {
      code += this.#bits(1);
      const symbol = tree.get(code);
      if (symbol !== undefined) return symbol;
      if (tree.size <= 1) break; // an incomplete tree of one code, or none: zlib tells after one bit
    }
    throw new Error(`invalid ${what} code`);
  }

  /** RFC 1951 §3.2.4 */
  #stored(): void {
    this.#bit = Math.ceil(this.#bit / 8) * 8;
    const length = this.#bits(16);
    // zlib takes both at once.
    if (length !== (this.#bits(16) ^ 0xffff)) throw new Error('invalid stored block lengths');
    for (let index = 0; index < length; index++) this.output.push(this.#bits(8));
    this.isFlushed = length === 0;
  }

  /** RFC 1951 §3.2.7 */
  #dynamic(): void {
    const header = this.#bits(14);
    const literals = (header & 31) + 257;
    const distances = ((header >> 5) & 31) + 1;
    if (literals > 286 || distances > 30) throw new Error('too many length or distance symbols');
    const codeLengths = new Array<number>(19).fill(0);
    const count = (header >> 10) + 4;
    for (let index = 0; index < count; index++) codeLengths[CODE_LENGTH_ORDER[index] as number] = this.#bits(3);
    const tree = codeLengths.every((length) => length === 0)
      ? new Map([
          ['0', 0],
          ['1', 0],
        ])
      : makeTree(codeLengths, false, 'code lengths');
    const lengths: number[] = [];
    while (lengths.length < literals + distances) {
      const symbol = this.#symbol(tree, 'code length');
      if (symbol < 16) {
        lengths.push(symbol);
        continue;
      }
      const repeats = symbol === 16 ? 3 + this.#bits(2) : symbol === 17 ? 3 + this.#bits(3) : 11 + this.#bits(7);
      if (symbol === 16 && lengths.length === 0) throw new Error('invalid bit length repeat');
      const length = symbol === 16 ? (lengths.at(-1) as number) : 0;
      if (lengths.length + repeats > literals + distances) throw new Error('invalid bit length repeat');
      for (let index = 0; index < repeats; index++) lengths.push(length);
    }
    if (lengths[256] === 0) throw new Error('missing end-of-block');
    const literalTree = makeTree(lengths.slice(0, literals), true, 'literal/lengths');
    this.#block(literalTree, makeTree(lengths.slice(literals), true, 'distances'));
  }

  /** RFC 1951 §3.2.3, §3.2.5 */
  #block(literalTree: Tree, distanceTree: Tree): void {
    for (;;) {
      const symbol = this.#symbol(literalTree, 'literal/length');
      if (symbol < 256) this.output.push(symbol);
      else if (symbol === 256) return;
      else this.#copy(symbol - 257, distanceTree);
    }
  }

  #copy(lengthSymbol: number, distanceTree: Tree): void {
    const lengthBase = LENGTH_BASE[lengthSymbol];
    if (lengthBase === undefined) throw new Error('invalid literal/length code');
    const lengthBits = lengthSymbol < 8 || lengthSymbol === 28 ? 0 : (lengthSymbol - 4) >> 2;
    const length = lengthBase + this.#bits(lengthBits);
    const symbol = this.#symbol(distanceTree, 'distance');
    const distanceBase = DISTANCE_BASE[symbol];
    if (distanceBase === undefined) throw new Error('invalid distance code');
    const distance = distanceBase + this.#bits(symbol < 4 ? 0 : (symbol - 2) >> 1);
    if (distance > this.output.length) throw new Error('invalid distance too far back');
    if (distance > this.#window) this.exceedsWindow = true;
    for (let index = 0; index < length; index++) this.output.push(this.output[this.output.length - distance] as number);
  }
}

/**
 * RFC 1951 §3.2.2. @param mayBeSingle  one code of one bit is allowed, which leaves the tree incomplete; or no code at
 * all
 */
function makeTree(lengths: readonly number[], mayBeSingle: boolean, what: string): Tree {
  const counts = new Array<number>(16).fill(0);
  for (const length of lengths) counts[length] = (counts[length] as number) + 1;
  counts[0] = 0;
  const next: number[] = [];
  let left = 1;
  for (let length = 1, code = 0; length <= 15; length++) {
    left = left * 2 - (counts[length] as number);
    if (left < 0) throw new Error(`invalid ${what} set`);
    code = (code + (counts[length - 1] as number)) << 1;
    next[length] = code;
  }
  const longest = Math.max(...lengths);
  if (left > 0 && !(mayBeSingle && longest <= 1)) throw new Error(`invalid ${what} set`);
  const tree: Tree = new Map();
  for (const [symbol, length] of lengths.entries()) {
    if (length === 0) continue;
    const code = next[length] as number;
    next[length] = code + 1;
    tree.set(code.toString(2).padStart(length, '0'), symbol);
  }
  return tree;
}

// RFC 1951 §3.2.6
const fixedTree = makeTree(
  Array.from({ length: 288 }, (_, symbol) => (symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8)),
  false,
  'fixed',
);
const fixedDistances = makeTree(new Array<number>(32).fill(5), false, 'fixed');
