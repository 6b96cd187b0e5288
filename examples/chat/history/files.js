// A history for the processes of one machine: a folder for each room, a file for each message, named by its number. A file gets its
// name by `link`, which fails if the name exists: so two processes never give the same number.

import { randomUUID } from 'node:crypto';
import { link, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { KEPT, result } from './memory.js';

/**
 * @param {string} directory  made if it is not there
 * @returns {import('./memory.js').History}
 */
export function fileHistory(directory) {
  async function numbersOf(room) {
    const names = await readdir(join(directory, room)).catch(() => []);
    const numbers = names.map(Number).filter(Number.isSafeInteger);
    return numbers.sort((a, b) => a - b);
  }

  return {
    async append(room, message) {
      const folder = join(directory, room);
      await mkdir(folder, { recursive: true });
      const draft = join(folder, `.${randomUUID()}`);
      await writeFile(draft, JSON.stringify(message));
      try {
        for (let number = ((await numbersOf(room)).at(-1) ?? 0) + 1; ; number++) {
          try {
            await link(draft, join(folder, `${number}`));
          } catch (error) {
            if (error.code === 'EEXIST') continue; // another process was faster
            throw error;
          }
          await rm(join(folder, `${number - KEPT}`), { force: true });
          return number;
        }
      } finally {
        await rm(draft, { force: true });
      }
    },
    async after(room, number) {
      const numbers = await numbersOf(room);
      const messages = [];
      for (const one of numbers.filter((it) => it > number).slice(-KEPT)) {
        const text = await readFile(join(directory, room, `${one}`), 'utf8').catch(() => undefined);
        if (text !== undefined) messages.push({ number: one, ...JSON.parse(text) });
      }
      return result(number, numbers.at(-1) ?? 0, messages);
    },
    async close() {},
  };
}
