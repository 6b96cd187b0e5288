// What a line typed into `connect` means: a message, or a command that starts with a slash.

import { CommandError } from './exit.ts';

export type Line =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'close'; readonly code: number | undefined; readonly reason: string }
  | { readonly kind: 'ping'; readonly payload: string }
  | { readonly kind: 'send-file'; readonly path: string }
  | { readonly kind: 'help' };

export const lineHelp = `  /close [CODE] [REASON]   close the connection, with 1000 unless told otherwise, and end
  /ping [TEXT]             send a ping; its pong is reported with the time it took
  /send-file PATH          send a file as one binary message
  /help                    this list
  //TEXT                   send a line that starts with a slash: /TEXT
  any other line           is sent as a text message`;

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
      if (rest === '') throw new CommandError('/send-file needs the path of a file');
      return { kind: 'send-file', path: rest };
    case 'help':
      return { kind: 'help' };
    default:
      throw new CommandError(`unknown command /${name}; see /help, and begin with // to send a line with a slash`);
  }
}

function parseClose(rest: string): Line {
  const [, code, reason = ''] = /^(\d+)?\s*(.*)$/su.exec(rest) ?? [];
  if (code === undefined && reason !== '') {
    throw new CommandError(`/close ${reason}: the reason comes after a code, as in /close 1000 ${reason}`);
  }
  return { kind: 'close', code: code === undefined ? undefined : Number(code), reason };
}
