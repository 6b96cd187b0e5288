// UTF-8, in and out (RFC 6455 §5.6, §8.1).

import { isAscii, Utf8Validator } from '../../src/core/utf8.ts';
import { nodeText } from '../../src/node/text.ts';
import { jsonText } from '../load/payload.ts';
import { type Case, mustEqual, sizeName } from './cases.ts';

const SIZES = [16, 64, 1024, 65536];
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

function textOf(size: number, isAsciiOnly: boolean): string {
  const ascii = jsonText(size, 1);
  return isAsciiOnly ? ascii : ascii.replace(/sensor/g, 'датчик').slice(0, size);
}

function casesOf(size: number, isAsciiOnly: boolean): Case[] {
  const text = textOf(size, isAsciiOnly);
  const bytes = Buffer.from(text);
  const { length } = bytes;
  const kind = `${isAsciiOnly ? 'ASCII' : 'Cyrillic words'}, ${sizeName(size)}`;
  const validator = new Utf8Validator();
  const target = Buffer.allocUnsafeSlow(size * 3 + 16);
  const validate = (): number => {
    validator.reset();
    return validator.validate(bytes, 0, length);
  };
  const cases: Case[] = [
    {
      group: 'text',
      name: `validating a part, ${kind}`,
      size: length,
      run: () => void validate(),
      twin: { name: 'TextDecoder', run: () => void decoder.decode(bytes) },
      check() {
        decoder.decode(bytes);
        if (validate() !== -1) throw new Error(`${this.name}: refused`);
      },
    },
    {
      group: 'text',
      name: `decoding what is valid, ${kind}`,
      size: length,
      run: isAsciiOnly
        ? () => void nodeText.decodeAscii(bytes, 0, length)
        : () => void nodeText.decode(bytes, 0, length),
      twin: { name: 'TextDecoder', run: () => void decoder.decode(bytes) },
      check() {
        const decode = isAsciiOnly ? nodeText.decodeAscii : nodeText.decode;
        if (decode(bytes, 0, length) !== decoder.decode(bytes)) throw new Error(`${this.name}: another text`);
      },
    },
    {
      group: 'text',
      name: `encoding behind a header, ${kind}`,
      size: length,
      run: () => void nodeText.encodeInto(text, target, 14),
      twin: { name: 'TextEncoder, then copied', run: () => target.set(encoder.encode(text), 14) },
      check() {
        const written = nodeText.encodeInto(text, target, 14);
        mustEqual(target.subarray(14, 14 + written), encoder.encode(text), this.name);
      },
    },
  ];
  if (isAsciiOnly) {
    cases.push({
      group: 'text',
      name: `isAscii, ${sizeName(size)}`,
      size: length,
      run: () => void isAscii(bytes, 0, length),
      twin: { name: 'every', run: () => void bytes.every((byte) => byte < 0x80) },
      check() {
        if (!isAscii(bytes, 0, length)) throw new Error(`${this.name}: no`);
      },
    });
  }
  return cases;
}

export const textCases: readonly Case[] = SIZES.flatMap((size) => [...casesOf(size, true), ...casesOf(size, false)]);
