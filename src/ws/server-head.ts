// The event `headers` of a server in the shape of `ws`: the lines of the 101 response, to which a listener may add.

import { isHandshakeResponseField } from '../core/handshake/server.ts';
import { warnOnce } from './warnings.ts';

/** The lines that the engine will write, from its fields: name, value, name, value … */
export function headLines(fields: readonly string[]): string[] {
  const lines = ['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade'];
  for (let at = 0; at + 1 < fields.length; at += 2) lines.push(`${fields[at]}: ${fields[at + 1]}`);
  return lines;
}

/**
 * The fields that a listener has added. Those of the handshake cannot be changed. If it has no subprotocol, a listener may
 * select one, as crossws does.
 */
export function addedFields(lines: readonly string[], before: readonly string[]): [name: string, value: string][] {
  const added: [string, string][] = [];
  const present = before.map(lowerName);
  const hasSubprotocol = present.some((line) => line.startsWith('sec-websocket-protocol:'));
  for (const line of lines) {
    if (present.includes(lowerName(line))) continue;
    const colon = line.indexOf(':');
    const name = line.slice(0, colon);
    if (colon < 0) warnOnce(`the line '${line}' of the event headers`, 'it is not a header field');
    else if (name.toLowerCase() === 'sec-websocket-protocol' && !hasSubprotocol) {
      added.push([name, line.slice(colon + 1).trim()]);
    } else if (isHandshakeResponseField(name.toLowerCase())) {
      warnOnce(`${name} in the event headers`, 'the handshake sets this field itself');
    } else added.push([name, line.slice(colon + 1).trim()]);
  }
  return added;
}

/** A line with the name of its field in lower case. */
function lowerName(line: string): string {
  const colon = line.indexOf(':');
  return line.slice(0, colon + 1).toLowerCase() + line.slice(colon + 1);
}
