// A program of some two hundred lines that was written for `ws`: with only the override, and with one import changed. The
// output is that of the real module.

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from '../support/command.ts';
import { trial } from './trial.ts';

const source = readFileSync(new URL('program/chat.mjs', import.meta.url), 'utf8');
const programs = fileURLToPath(new URL('.programs', import.meta.url));

const output = `without a name: 401
from elsewhere: 403 origin
without a key: 401
welcome, ann
welcome, bob
protocol: chat.v2 extensions: permessage-deflate clients: 2
sent: yes
bob heard ann say 2200 characters
event: message true true 039058c6
heartbeat answered: true true
chat connection failed: WS_ERR_UNSUPPORTED_MESSAGE_LENGTH
left: bob 1006 
too large: 1009
left: ann 4400 what?
mistaken: 4400 what? true
files: signed in
upload ended after 300000 bytes
hash: true
chat closed
`;

const ways = [
  ['an npm override', source],
  ['one import changed', source.replace("from 'ws'", "from 'harmony-websocket/ws'")],
] as const;

for (const [way, code] of ways) {
  trial({ name: 'ws', exercised: `a program of 200 lines, by ${way}`, asks: null }, async (scope) => {
    mkdirSync(programs, { recursive: true });
    const folder = mkdtempSync(join(programs, 'program-'));
    scope.defer(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, 'chat.mjs'), code);
    const environment = { NODE_TEST_CONTEXT: undefined };
    const program = new Command({ after: (task) => scope.defer(task) }, ['chat.mjs'], { folder, environment });
    const exit = await program.exit;
    assert.equal(program.stdout, output, program.stderr);
    assert.equal(program.stderr, '');
    assert.equal(exit, 0);
  });
}
