// Each rule of wsr1, and the change of the source that removes it. The model must fail without it: otherwise either the rule is
// of no use, or the model would not notice its loss. One that matters only where the store fails has a test in
// test/resume/protocol/answers.test.ts: what a process gives up is there for its own claim.

import { readFileSync, rmSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import type { Parts } from './world.ts';

export interface RemovedRule {
  readonly rule: string;
  /** Under src/resume/protocol/. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
  /** It matters in one of thousands of worlds: not for `npm test`. */
  readonly isRare?: boolean;
  /** One of which an early world shows it. It is looked for in 2,000 worlds, so nothing depends on that but the time. */
  readonly seed?: number;
  /** It is a rule of this mode. Absent: of the protocol, where sessions are written when they are released only. */
  readonly mode?: Parts['mode'];
}

export const removedRules: readonly RemovedRule[] = [
  {
    rule: 'texts that begin with U+0010 are stuffed',
    file: 'control.ts',
    from: 'return text.startsWith(LEAD) ? LEAD + text : text;',
    to: 'return text;',
  },
  {
    rule: 'the presented token stays valid until the next one is shown',
    file: 'tokens.ts',
    from: 'tokens.previous = presented;',
    to: 'tokens.previous = undefined;',
  },
  {
    rule: 'a token is retired when the next one was shown',
    file: 'tokens.ts',
    from: 'tokens.previous = undefined;\n  tokens.isKnown',
    to: 'tokens.isKnown',
  },
  {
    rule: 'the server fences the old connection',
    file: 'server-end.ts',
    from: "return this.#state.kind === 'attached' && this.#state.link === link;",
    to: "return this.#state.kind === 'attached';",
  },
  {
    rule: 'the client knows its connection',
    file: 'client-end.ts',
    from: "return 'link' in this.#state && this.#state.link === link;",
    to: "return 'link' in this.#state;",
  },
  {
    rule: 'a nonce makes the creation idempotent',
    file: 'session-claim.ts',
    from: 'nonce: session && !this.#options.startsAnew ? undefined : this.#nonce,',
    to: 'nonce: randomName(this.#random, 16),',
  },
  {
    rule: 'attempts are numbered',
    file: 'tokens.ts',
    from: 'return attempt < tokens.attempt;',
    to: 'return false;',
  },
  {
    rule: 'R tells what is held, not only what is handled',
    file: 'server-end.ts',
    from: 'received: inbound.received,\n        isResumed',
    to: 'received: inbound.handled,\n        isResumed',
  },
  {
    rule: 'S tells what is held, not only what is handled',
    file: 'client-end.ts',
    from: 'this.#claim.start(this.#conversation.inbound.received)',
    to: 'this.#claim.start(this.#conversation.inbound.handled)',
  },
  {
    rule: 'A tells what is handled, not what is received',
    file: 'inbound.ts',
    from: 'const isHandled = delivery === undefined;',
    to: 'const isHandled = true;',
  },
  {
    rule: 'an acknowledged message is kept until A covers it: rx frees nothing',
    file: 'outbound.ts',
    from: 'rewind(sequence: number): void {',
    to: 'rewind(sequence: number): void {\n    this.acknowledge(sequence);',
  },
  {
    rule: 'a mark is void after a break',
    seed: 5,
    file: 'inbound.ts',
    from: "disconnected(): void {\n    this.#mark = '';",
    to: 'disconnected(): void {',
  },
  {
    rule: 'parts that have come stay over a break',
    file: 'inbound.ts',
    from: "disconnected(): void {\n    this.#mark = '';",
    to: "disconnected(): void {\n    this.#mark = '';\n    this.#partial = undefined;",
  },
  {
    rule: 'the beginning of a message moves with its session',
    file: 'session-state.ts',
    from: 'beginning: inbound.beginning(),',
    to: 'beginning: undefined,',
  },
  {
    rule: 'the window bounds what is on the way',
    seed: 7,
    file: 'outbound.ts',
    from: 'const room = inFlight === 0 ? Infinity : window - inFlight;',
    to: 'const room = Infinity;',
  },
  {
    rule: 'pieces are sent again from where the peer says',
    file: 'conversation.ts',
    from: 'this.outbound.rewind(peerHas);',
    to: 'this.outbound.rewind(this.outbound.sent);',
  },
  {
    rule: 'lost messages are told',
    file: 'server-end.ts',
    from: 'dropped && dropped[1] > clientHas ? [clientHas + 1, dropped[1]] : undefined;',
    to: 'undefined;',
  },
  {
    rule: 'X tells what was handled',
    file: 'client-end.ts',
    from: 'outbound.takeBack(handled ?? outbound.acknowledged)',
    to: 'outbound.takeBack(outbound.acknowledged)',
  },
  {
    rule: 'handlers of an earlier session count for nothing',
    file: 'inbound.ts',
    from: 'if (entry.delivery !== delivery) continue;',
    to: 'if (entry.delivery?.sequence !== delivery.sequence) continue;',
    isRare: true,
  },
  {
    rule: 'a silent peer is left',
    file: 'conversation.ts',
    from: 'else this.#owner.silent();',
    to: '',
  },
  {
    rule: 'a session is kept for a time only',
    file: 'server-end.ts',
    from: 'this.#keepTimer.set(keep);',
    to: '',
  },
  {
    rule: 'a claim that is on its way is waited for before the session is given away',
    seed: 2,
    file: 'reception.ts',
    from: 'while ((this.#seen.get(id) ?? 0) < generation && this.#starts.size > 0)',
    to: 'while (false as boolean)',
  },
  {
    rule: 'ahead: a message is sent when the store has it',
    seed: 6,
    mode: 'ahead',
    file: 'gate.ts',
    from: 'return held.sent <= this.#stored.sent &&',
    to: 'return',
  },
  {
    rule: 'ahead: a message is acknowledged when the store knows that it was handled',
    seed: 2,
    mode: 'ahead',
    file: 'gate.ts',
    from: "handled: text[1] === 'A' ? handled : 0 });",
    to: 'handled: 0 });',
  },
  {
    rule: 'ahead: nothing overtakes messages that wait for the store',
    seed: 4,
    mode: 'ahead',
    file: 'gate.ts',
    from: 'if (this.#held.length === 0 && this.#mayPass(held)) {',
    to: 'if (this.#mayPass(held)) {',
  },
  {
    rule: 'ahead: parts of a message are stored before they are acknowledged',
    seed: 6,
    mode: 'ahead',
    file: 'keeping.ts',
    from: 'if (part > before.part) {',
    to: 'if (false as boolean) {',
  },
  {
    rule: 'ahead: the last part of a message that goes on stays in the store',
    seed: 5,
    mode: 'ahead',
    file: 'keeping.ts',
    from: 'if (!keepsLast) return',
    to: 'if (true as boolean) return',
  },
  {
    rule: 'ahead: a message whose source has died is ended',
    mode: 'ahead',
    file: 'stored-state.ts',
    from: "if (last?.end === 'more' || (last === undefined && head.isContinuing)) {",
    to: 'if (false as boolean) {',
    isRare: true,
  },
  {
    rule: 'ahead: a session that has ended is not taken from the store by a claim that came first',
    seed: 13,
    mode: 'ahead',
    file: 'reception.ts',
    from: 'if (!claimed.isOrphan && this.#lastWords.has(id)) return undefined;',
    to: '',
  },
  {
    rule: 'ahead: a process writes the end of a session before another one takes it',
    seed: 4,
    mode: 'ahead',
    file: 'reception.ts',
    from: 'if (!end) await this.#lastWords.get(id)?.written;',
    to: '',
  },
  {
    rule: 'spill: what is sent and handled while the client is away is written too',
    mode: 'spill',
    file: 'keeping.ts',
    from: 'if (!this.#isKept || this.#isScheduled) return;',
    to: "if (!this.#isKept || this.#isScheduled || this.#settings.mode === 'spill') return;",
    isRare: true,
  },
  {
    rule: 'spill: a session that was claimed is written anew',
    mode: 'spill',
    file: 'keeping.ts',
    from: '    this.#isKept = false;\n    this.#forget();',
    to: '    this.#isKept = false;',
    isRare: true,
  },
  {
    rule: 'spill: a state is current only after it was written since the last claim',
    seed: 2,
    mode: 'spill',
    file: 'keeping.ts',
    from: "if (this.#settings.mode === 'ahead') return;\n    this.#epoch++;",
    to: 'if (true as boolean) return;\n    this.#epoch++;',
  },
];

const folder = fileURLToPath(new URL('../../../src/resume/protocol/', import.meta.url));

/** The parts of the model with one rule removed. */
export async function without({ rule, file, from, to, mode }: RemovedRule): Promise<Parts> {
  const path = join(folder, file);
  const source = readFileSync(path, 'utf8');
  if (source.split(from).length !== 2) throw new Error(`"${rule}": ${file} does not have this once: ${from}`);
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('parts.ts', import.meta.url))],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    plugins: [
      {
        name: 'removed-rule',
        setup({ onLoad }) {
          onLoad({ filter: /\.ts$/ }, ({ path: loaded }) =>
            loaded === path ? { contents: source.replace(from, () => to), loader: 'ts' } : undefined,
          );
        },
      },
    ],
  });
  const made = await mkdtemp(join(tmpdir(), 'wsr1-'));
  try {
    const module = join(made, 'parts.mjs');
    await writeFile(module, outputFiles[0]?.contents ?? '');
    return { ...((await import(pathToFileURL(module).href)) as Parts), mode };
  } finally {
    rmSync(made, { recursive: true });
  }
}
