// The built `harmony-websocket` as a child process.

import { fileURLToPath } from 'node:url';
import { type Cleanup, Command, type Settings } from '../support/command.ts';

export { Command, repository } from '../support/command.ts';

export const mainPath = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

/** `harmony-websocket …` */
export function run(test: Cleanup, parameters: readonly string[], settings?: Settings): Command {
  return new Command(test, [mainPath, ...parameters], settings);
}

/** A running `serve` on a free port, with its addresses. */
export async function serve(
  test: Cleanup,
  ...parameters: string[]
): Promise<{ command: Command; sockets: string; page: string; port: number }> {
  const command = run(test, ['serve', '--port', '0', ...parameters]);
  const [, sockets = ''] = await command.seen(/(wss?:\/\/\S+)/);
  const [, page = '', port = ''] = await command.seen(/(https?:\/\/\S+:(\d+)\/)/);
  return { command, sockets, page, port: Number(port) };
}
