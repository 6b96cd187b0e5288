// A line typed into `connect`: a message, or a command that starts with a slash.

import { CommandError } from './exit.ts';

export type Line =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'close'; readonly code: number | undefined; readonly reason: string }
  | { readonly kind: 'ping'; readonly payload: string }
  | { readonly kind: 'send-file'; readonly path: string }
  | { readonly kind: 'help' };

export const lineHelp = `  /close [CODE] [REASON]   close the connection (default code 1000) and exit
  /ping [TEXT]             send a ping, and print the time until its pong
  /send-file PATH          send a file as one binary message
  /help                    print this list
  //TEXT                   send the text /TEXT
  any other line           send the line as a text message`;

/**
 * Reads one line.
 *
 * @throws CommandError for a command that does not exist or lacks its argument
 */
export function parseLine(line: string): Line {
  if (line.startsWith('//')) return { kind: 'text', text: line.slice(1) };
  if (!line.startsWith('/')) return { kind: 'text', text: line };
  const [, name = '', rest = ''] = /^\/(\S*)\s*(.*)$/su.exec(line) ?? [];
  switch (name) {
    case 'close':
      return parseClose(rest);
    case 'ping':
      return { kind: 'ping', payload: rest };
    case 'send-file':
      if (rest === '') throw new CommandError('/send-file needs the path of a file, as in /send-file picture.png');
      return { kind: 'send-file', path: rest };
    case 'help':
      return { kind: 'help' };
    default:
      throw new CommandError(
        `unknown command /${name}; type /help for a list, or begin the line with // to send it as text`,
      );
  }
}

function parseClose(rest: string): Line {
  const [, code, reason = ''] = /^(\d+)?\s*(.*)$/su.exec(rest) ?? [];
  if (code === undefined && reason !== '') {
    throw new CommandError(
      `/close ${reason} has a reason without a code; put a code first, as in /close 1000 ${reason}`,
    );
  }
  return { kind: 'close', code: code === undefined ? undefined : Number(code), reason };
}
