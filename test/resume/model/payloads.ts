// Messages of the model: no two are the same, and many look like control.

import type { Payload } from '../../../src/resume/protocol/ports.ts';

export type Kind = 'text' | 'binary' | 'lead' | 'control' | 'wide';

const WIDE = 'aä漢😀';

/**
 * One message.
 *
 * @param size    about its bytes
 * @param number  what makes it different
 */
export function payload(kind: Kind, size: number, number: number): Payload {
  switch (kind) {
    case 'text':
      return `${number}:`.padEnd(size, 'x');
    case 'binary':
      return Uint8Array.from(Buffer.from(`\u0010${number}:`.padEnd(size, 'y'), 'latin1'));
    case 'lead':
      return `\u0010\u0010${number}:`.padEnd(size, '\u0010');
    case 'control':
      return `\u0010A${number} ${number}`;
    case 'wide':
      return `${number}:${WIDE.repeat(Math.ceil(size / 10))}`;
  }
}
