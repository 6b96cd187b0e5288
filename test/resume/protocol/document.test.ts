// docs/resume.md against the code: its examples, kinds, close codes and limits.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { ResumeCloseCode } from '../../../src/resume/protocol/close-codes.ts';
import {
  formatAcknowledgement,
  formatGone,
  formatGoodbye,
  formatHello,
  formatReady,
  formatStart,
  MAX_CONTROL_SIZE,
  parseControl,
} from '../../../src/resume/protocol/control.ts';
import { MAX_UNACKNOWLEDGED } from '../../../src/resume/protocol/outbound.ts';

const page = readFileSync(new URL('../../../docs/resume.md', import.meta.url), 'utf8');
const examples = [...page.matchAll(/␐[^`\n]+/gu)]
  .map(([text]) => text.replace('␐', '\u0010'))
  .filter((text) => text.length > 3);

test('each example is what the codec writes for what it reads', () => {
  assert.ok(examples.length >= 8);
  for (const text of examples) {
    const message = parseControl(text);
    const written: Partial<Record<string, () => string>> = {
      H: () => formatHello(message as never),
      S: () => formatStart(message as never),
      R: () => formatReady(message as never),
      X: () => formatGone(message as never),
      B: () => formatGoodbye(message as never),
      A: () => (message.kind === 'A' ? formatAcknowledgement(message.handled, message.sent) : ''),
    };
    assert.equal(written[message.kind]?.(), text);
  }
});

test('the table of close codes has each code', () => {
  const codes = [...page.matchAll(/^\| (47\d\d) \|/gmu)].map(([, code]) => Number(code));
  assert.deepEqual(codes, Object.values(ResumeCloseCode));
});

test('the limits that are fixed', () => {
  assert.ok(page.includes(`${MAX_CONTROL_SIZE.toLocaleString('en')} bytes, fixed`));
  assert.ok(page.includes(`unacknowledged messages | ${MAX_UNACKNOWLEDGED.toLocaleString('en')}, fixed`));
});
