// Options that have no effect here are named once for each process, by a warning of Node's kind.

import process from 'node:process';

const named = new Set<string>();

/** @param option  its name; `reason`: why, in a few words */
export function warnOnce(option: string, reason: string): void {
  if (named.has(option)) return;
  named.add(option);
  process.emitWarning(`harmony-websocket/ws: ${option} has no effect: ${reason}`, {
    type: 'WebSocketWarning',
    code: 'HARMONY_WEBSOCKET_WS_OPTION',
    detail: 'see docs/from-ws.md',
  });
}
