// The head of an HTTP message as a scripted peer received it, and the heads that peers send. Peers write HTTP
// themselves: what they send may be wrong on purpose, and what they receive is shown as it was on the wire.

import { AssertionError } from 'node:assert';
import { STATUS_CODES } from 'node:http';
import { types } from 'node:util';
import { show } from './frames.ts';

/** Fields to send. `undefined` omits a field that is sent by default. An array sends a field several times. */
export type HeadFields = Readonly<Record<string, string | readonly string[] | undefined>>;

/** A request as a server received it, or a response as a client received it. */
export class Head {
  /** `GET /chat HTTP/1.1` or `HTTP/1.1 101 Switching Protocols`. */
  readonly startLine: string;
  /** All fields in order, with their names as sent. */
  readonly fields: readonly (readonly [name: string, value: string])[];
  /** The head as it was on the wire, including the empty line. */
  readonly text: string;

  constructor(text: string) {
    const [startLine = '', ...lines] = text.replace(/\r?\n\r?\n$/u, '').split(/\r?\n/u);
    this.text = text;
    this.startLine = startLine;
    this.fields = lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon), line.slice(colon + 1).trim()];
    });
  }

  /** The method of a request, such as `GET`. */
  get method(): string {
    return this.startLine.split(' ', 1)[0] ?? '';
  }

  /** The path and query of a request, as sent. */
  get target(): string {
    return this.startLine.split(' ')[1] ?? '';
  }

  /** The status of a response, such as 101. */
  get status(): number {
    return Number(this.startLine.split(' ')[1]);
  }

  /** Returns the value of a field. The case of `name` does not matter. Values of a repeated field are joined by `, `. */
  header(name: string): string | undefined {
    const wanted = name.toLowerCase();
    const values = this.fields.filter(([own]) => own.toLowerCase() === wanted).map(([, value]) => value);
    return values.length === 0 ? undefined : values.join(', ');
  }

  /**
   * Asserts the value of a field.
   *
   * @param expected  the whole value, a pattern that it must match, or `undefined` if the field must be absent
   * @throws AssertionError
   */
  assertHeader(name: string, expected: string | RegExp | undefined): void {
    const actual = this.header(name);
    const holds = types.isRegExp(expected) ? actual !== undefined && expected.test(actual) : actual === expected;
    if (holds) return;
    const wanted =
      expected === undefined ? 'no field' : types.isRegExp(expected) ? `one that matches ${expected}` : show(expected);
    throw new AssertionError({
      message: `header ${name}: expected ${wanted}, received ${actual === undefined ? 'none' : show(actual)}, in\n${this.text}`,
      actual,
      expected,
      operator: 'assertHeader',
      stackStartFn: this.assertHeader,
    });
  }
}

/** Returns a head to send. `fields` replace `defaults`. */
export function headText(startLine: string, defaults: HeadFields, fields: HeadFields = {}): string {
  const replaced = new Set(Object.keys(fields).map((name) => name.toLowerCase()));
  const own = Object.entries(defaults).filter(([name]) => !replaced.has(name.toLowerCase()));
  const lines = [...own, ...Object.entries(fields)].flatMap(([name, value]) => {
    if (value === undefined) return [];
    return (typeof value === 'string' ? [value] : value).map((one) => `${name}: ${one}`);
  });
  return [startLine, ...lines, '', ''].join('\r\n');
}

/** Returns a status line, such as `HTTP/1.1 403 Forbidden`. */
export function statusLine(status: number): string {
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Status'}`;
}
