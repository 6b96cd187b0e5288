// What the parsers of Sec-WebSocket-Protocol and Sec-WebSocket-Extensions have in common: tokens with optional white space
// behind them, and errors that name the place.

import { endOfToken } from '../core/handshake/token.ts';

export class HeaderScanner {
  readonly text: string;
  at = 0;

  constructor(text: string) {
    this.text = text;
  }

  get isAtEnd(): boolean {
    return this.at >= this.text.length;
  }

  /** The character here; `''` at the end. */
  get next(): string {
    return this.text.charAt(this.at);
  }

  get isQuote(): boolean {
    return this.next === '"';
  }

  /** @throws SyntaxError where no token is */
  token(): string {
    const start = this.at;
    this.at = endOfToken(this.text, start);
    if (this.at === start) throw this.unexpected();
    return this.text.slice(start, this.at);
  }

  skipSpace(): void {
    while (this.next === ' ' || this.next === '\t') this.at++;
  }

  /** After a token: white space, which something must follow. */
  skipSpaceBefore(what: string): void {
    const start = this.at;
    this.skipSpace();
    if (this.at > start && (this.isAtEnd || !what.includes(this.next))) throw this.unexpected();
  }

  /** What is here must not be. */
  unexpected(): SyntaxError {
    return new SyntaxError(this.isAtEnd ? 'Unexpected end of input' : `Unexpected character at index ${this.at}`);
  }
}
