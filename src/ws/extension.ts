// `extension.parse` and `extension.format` in the shape of `ws`: Sec-WebSocket-Extensions as an object.

import { isToken } from '../core/handshake/token.ts';
import { HeaderScanner } from './header-scanner.ts';

/** Values of each parameter; `true` for one without a value. */
export type ExtensionParameters = Record<string, (string | true)[]>;

/** @returns for each extension its offers, in their order. Neither object has a prototype. @throws SyntaxError */
function parse(header: string): Record<string, ExtensionParameters[]> {
  const scanner = new HeaderScanner(header);
  const offers: Record<string, ExtensionParameters[]> = Object.create(null);
  for (;;) {
    const name = scanner.token();
    const parameters: ExtensionParameters = Object.create(null);
    scanner.skipSpaceBefore(';,');
    while (scanner.next === ';') {
      scanner.at++;
      scanner.skipSpace();
      readParameter(scanner, parameters);
    }
    if (!scanner.isAtEnd && scanner.next !== ',') throw scanner.unexpected();
    offers[name] ??= [];
    offers[name].push(parameters);
    if (scanner.isAtEnd) return offers;
    scanner.at++;
    scanner.skipSpace();
  }
}

function readParameter(scanner: HeaderScanner, parameters: ExtensionParameters): void {
  const name = scanner.token();
  let value: string | true = true;
  if (scanner.next === '=') {
    scanner.at++;
    value = scanner.isQuote ? quoted(scanner) : scanner.token();
  }
  scanner.skipSpaceBefore(';,');
  parameters[name] ??= [];
  parameters[name].push(value);
}

/** A quoted token (RFC 6455 §9.1), from its opening quote. */
function quoted(scanner: HeaderScanner): string {
  let value = '';
  scanner.at++;
  while (!scanner.isQuote) {
    if (scanner.next === '\\') scanner.at++;
    if (!isToken(scanner.next)) throw scanner.unexpected();
    value += scanner.next;
    scanner.at++;
  }
  if (value === '') throw scanner.unexpected();
  scanner.at++;
  return value;
}

type Parameters = Record<string, unknown>;

/** The opposite of `parse`; a value may stand for a list of one. */
function format(extensions: Record<string, Parameters | Parameters[]>): string {
  return Object.entries(extensions)
    .flatMap(([name, offers]) => listOf(offers).map((parameters) => [name, ...parametersOf(parameters)].join('; ')))
    .join(', ');
}

function parametersOf(parameters: Parameters): string[] {
  return Object.entries(parameters).flatMap(([name, values]) =>
    listOf(values).map((value) => (value === true ? name : `${name}=${value}`)),
  );
}

function listOf<Value>(value: Value | Value[]): Value[] {
  return Array.isArray(value) ? value : [value];
}

/** Reads and writes Sec-WebSocket-Extensions. */
export const extension = { format, parse };
