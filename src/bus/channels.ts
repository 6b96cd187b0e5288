// The names of channels. Brokers allow few characters, and a topic may be any text: what they might not allow is escaped, and a name
// that would be too long is a hash. Every name begins with the prefix of the system, so that two systems on one broker never mix.

import { lateCrypto } from '../node/late-modules.ts';
import { Recent } from './recent.ts';

/** What a driver must take (bus-driver.ts). */
const LONGEST = 255;
const PLAIN = /^[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*$/;
/** Channels that topics share where a node has too many for one channel each. The same number on all nodes. */
export const PARTITIONS = 256;

export class Channels {
  /** To every connection. */
  readonly broadcast: string;
  /** To every node. */
  readonly nodes: string;
  readonly #topic: string;
  readonly #hashed: string;
  readonly #partition: string;
  readonly #names = new Recent((topic) => this.#nameOf(topic));

  constructor(prefix: string) {
    this.broadcast = `${prefix}.b`;
    this.nodes = `${prefix}.n`;
    this.#topic = `${prefix}.t.`;
    this.#hashed = `${prefix}.h.`;
    this.#partition = `${prefix}.p.`;
  }

  /** To one node. @param id  letters, digits, `_` and `-` */
  node(id: string): string {
    return `${this.nodes}.${id}`;
  }

  /** Two topics have one channel only where their hashes are the same; the envelope says which topic is meant. */
  topic(topic: string): string {
    return this.#names.get(topic);
  }

  #nameOf(topic: string): string {
    const name = this.#topic + (PLAIN.test(topic) ? topic : escaped(topic));
    return name.length <= LONGEST ? name : this.#hashed + hash(topic);
  }

  /** The channel that a topic shares with others. */
  partition(topic: string): string {
    return this.#partition + (fnv(topic) % PARTITIONS);
  }
}

/** Another text for each topic: `~` and two hexadecimal digits for each byte that is not plain, `~~` and four for half of a character. */
function escaped(topic: string): string {
  return topic
    .replace(/[^A-Za-z0-9_.-]/gu, (character) => {
      const code = character.codePointAt(0) as number;
      if (code >= 0xd800 && code <= 0xdfff) return `~~${code.toString(16)}`;
      return Array.from(new TextEncoder().encode(character), (byte) => `~${hex(byte)}`).join('');
    })
    .replace(/^\.|\.$|(?<=\.)\./g, '~2e');
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}

function hash(topic: string): string {
  return lateCrypto().createHash('sha256').update(topic, 'utf16le').digest('base64url');
}

/** FNV-1a of the UTF-16 units: the same on each node. */
function fnv(topic: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < topic.length; at++) value = Math.imul(value ^ topic.charCodeAt(at), 0x01000193);
  return value >>> 0;
}
