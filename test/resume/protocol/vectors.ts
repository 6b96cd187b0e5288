// docs/resume-vectors.json, as types, for every end that is held to it.

import { readFileSync } from 'node:fs';

export interface Data {
  readonly text?: string;
  /** Hex. */
  readonly binary?: string;
  /** The text so many times. */
  readonly repeat?: number;
}

/** One step of a dialogue: what one of its members says. */
export interface Step extends Data {
  /** A connection opens, breaks, or time passes. */
  readonly step?: 'open' | 'break' | 'wait';
  readonly milliseconds?: number;
  /** This end sends a WebSocket message. `lost`: it does not arrive. */
  readonly wire?: 'client' | 'server';
  readonly lost?: boolean | readonly [number, number];
  /** The application of this end does something. */
  readonly app?: 'client' | 'server';
  readonly send?: Data;
  readonly close?: readonly [number, string] | 'client' | 'server';
  readonly drain?: number;
  readonly expire?: boolean;
  readonly code?: number;
  readonly reason?: string;
  /** The application of this end hears something. */
  readonly hears?: 'client' | 'server';
  readonly event?: string;
  readonly [more: string]: unknown;
}

export interface Dialogue {
  readonly name: string;
  /** Only this end can be held to it: the other one would not do what it shows. */
  readonly only?: 'client' | 'server';
  readonly server?: { readonly overflow: 'gap' };
  readonly steps: readonly Step[];
}

export interface Vectors {
  readonly control: readonly {
    readonly name: string;
    readonly text: string;
    readonly hex: string;
    readonly is?: Readonly<Record<string, unknown>>;
    readonly closes?: number;
  }[];
  readonly stuffing: readonly { readonly text: string; readonly wire: string }[];
  readonly cuts: readonly { readonly text: string; readonly size: number; readonly parts: readonly string[] }[];
  readonly dialogues: readonly Dialogue[];
}

export const vectors = JSON.parse(
  readFileSync(new URL('../../../docs/resume-vectors.json', import.meta.url), 'utf8'),
) as Vectors;

export function dataOf({ text, binary, repeat = 1 }: Data): string | Uint8Array {
  return binary === undefined ? (text ?? '').repeat(repeat) : new Uint8Array(Buffer.from(binary, 'hex'));
}

/** Names in a dialogue, such as `$tok1`, and what they stand for in one run. */
export class Names {
  readonly #values = new Map<string, string>();

  /** A message of the dialogue with values for its names; those without one get one. */
  fill(text: string): string {
    return text.replaceAll(/\$[a-z]+\d/g, (name) => {
      const value = this.#values.get(name) ?? `${name.slice(1)}-0123456789abcdefghijkl`;
      this.#values.set(name, value);
      return value;
    });
  }

  /**
   * Whether a message is the one of the dialogue: bodies in JSON may have their members in any order. A name that has no value
   * takes the one that stands there.
   */
  matches(expected: string, actual: string): boolean {
    const json = expected.indexOf('{');
    if (expected[0] !== '\u0010' || json !== 2 || actual.slice(0, 2) !== expected.slice(0, 2))
      return expected === actual;
    let got: Record<string, unknown>;
    try {
      got = JSON.parse(actual.slice(2)) as Record<string, unknown>;
    } catch {
      return false;
    }
    const wanted = JSON.parse(expected.slice(2)) as Record<string, unknown>;
    return Object.keys({ ...wanted, ...got }).every((key) => this.#isSame(wanted[key], got[key]));
  }

  #isSame(wanted: unknown, got: unknown): boolean {
    if (typeof wanted !== 'string' || !wanted.startsWith('$')) return JSON.stringify(wanted) === JSON.stringify(got);
    if (typeof got !== 'string') return false;
    if (!this.#values.has(wanted)) this.#values.set(wanted, got);
    return this.#values.get(wanted) === got;
  }
}
