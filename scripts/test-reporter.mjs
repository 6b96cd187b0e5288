// A reporter for node's test runner: one line for each file as it ends, a sign of life while slow ones run, and at the end
// the failures in full, what was skipped and why, the warnings that Node printed, what tests counted of their cases
// (test/support/counts.ts), and node's own counts. node's reporters print a line for each test, which here are thousands.
//
// What a file prints is shown only when it fails. With TEST_REPORT=failures only the failures are printed. TEST_FAILED_FILES
// names a file for the paths of the test files that failed.

import { writeFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { inspect } from 'node:util';

/** After so much silence, the names of the running tests are printed. Milliseconds. */
const SIGN_OF_LIFE = 30_000;
/** How much of what a failed file printed is shown, lines. */
const SHOWN_OUTPUT = 100;
const SLOWEST = 5;

const ownWarning =
  /^\(node:\d+\) ((?:\[DEP\d+\] )?(?:Deprecation|Experimental|MaxListenersExceeded|Timeout\w+|\w*Promise\w*)Warning: .*)$/gmu;

const isBrief = process.env.TEST_REPORT === 'failures';
const coloured = process.stdout.isTTY === true && !process.env.NO_COLOR;
const red = (text) => (coloured ? `\x1b[31m${text}\x1b[39m` : text);
const green = (text) => (coloured ? `\x1b[32m${text}\x1b[39m` : text);

export default async function* report(events) {
  const run = new Run();
  let printed = performance.now();
  for await (const event of withTicks(events)) {
    const line = event === undefined ? signOfLife(run, performance.now() - printed) : run.take(event);
    if (line === undefined || isBrief) continue;
    printed = performance.now();
    yield `${line}\n`;
  }
  if (process.env.TEST_FAILED_FILES) writeFileSync(process.env.TEST_FAILED_FILES, run.failedFiles().join('\n'));
  yield sections(isBrief ? [run.failures()] : run.summary());
}

/** The events, and an undefined for each second without one. */
async function* withTicks(events) {
  const iterator = events[Symbol.asyncIterator]();
  let next = iterator.next();
  while (true) {
    let timer;
    const tick = new Promise((resolve) => {
      timer = setTimeout(resolve, 1000);
    });
    const result = await Promise.race([next, tick]);
    clearTimeout(timer);
    if (result?.done) return;
    yield result?.value;
    if (result !== undefined) next = iterator.next();
  }
}

function signOfLife(run, silence) {
  return silence < SIGN_OF_LIFE ? undefined : run.signOfLife();
}

/** What has been reported of a run so far. */
class Run {
  #begun = performance.now();
  /** By path: `{ begun, seconds, failed, output }`. */
  #files = new Map();
  #expected = 0;
  /** Names of the tests that have begun and not ended, outermost first, of each file. */
  #running = new Map();
  /** Names as reported: results come in order, each after the start of what it is part of. */
  #reported = [];
  #failures = [];
  /** Names of skipped tests by reason. */
  #skipped = new Map();
  #warnings = new Map();
  /** Cases by kind. */
  #cases = new Map();
  #counts = [];

  /** Returns the line to print, if there is one. */
  take({ type, data }) {
    const path = data.file === undefined ? '' : relative(process.cwd(), resolve(data.file)).replaceAll('\\', '/');
    if (data.name !== undefined && data.nesting === 0 && resolve(data.name) === resolve(data.file ?? '/')) {
      if (type === 'test:enqueue') this.#expected++;
      if (type === 'test:dequeue') this.#file(path).begun = performance.now();
      if (type === 'test:complete') return this.#ended(path, data.details);
    }
    switch (type) {
      case 'test:dequeue':
        this.#running.set(path, [...(this.#running.get(path) ?? []).slice(0, data.nesting), data.name]);
        return;
      case 'test:complete':
        this.#running.set(path, (this.#running.get(path) ?? []).slice(0, data.nesting));
        return;
      case 'test:start':
        this.#reported.splice(data.nesting, Number.POSITIVE_INFINITY, data.name);
        return;
      case 'test:pass':
        if (data.skip !== undefined && data.skip !== false) this.#addSkip(data);
        return;
      case 'test:fail':
        if (data.details.error.failureType !== 'subtestsFailed' && !data.todo) this.#addFailure(path, data);
        return;
      case 'test:stdout':
      case 'test:stderr':
        this.#file(path).output.push(data.message);
        this.#addWarnings(path, data.message);
        return;
      case 'test:diagnostic':
        this.#addDiagnostic(data);
    }
  }

  signOfLife() {
    const ended = [...this.#files.values()].filter(({ seconds }) => seconds !== undefined).length;
    const running = [...this.#files].filter(([, { begun, seconds }]) => begun !== undefined && seconds === undefined);
    const names = running.map(([path, { begun }]) => `${path} for ${inSeconds(performance.now() - begun)}`);
    return `… ${ended} of ${this.#expected} files after ${inSeconds(performance.now() - this.#begun)}; running: ${names.join(', ')}`;
  }

  failedFiles() {
    return [...this.#files].filter(([, { failed }]) => failed).map(([path]) => path);
  }

  failures() {
    const paths = [...new Set(this.#failures.map(({ path }) => path))];
    const texts = paths.map((path) => {
      const tests = this.#failures.filter((failure) => failure.path === path);
      const output = this.#file(path).output.join('').trimEnd().split('\n').slice(-SHOWN_OUTPUT).join('\n');
      return `${tests.map(({ text }) => text).join('\n')}${output && `\n  printed by ${path}:\n${indented(output, 4)}\n`}`;
    });
    return ['failed', texts];
  }

  summary() {
    const ended = [...this.#files].filter(([, { seconds }]) => seconds !== undefined);
    const slowest = ended.sort(([, a], [, b]) => b.seconds - a.seconds).slice(0, SLOWEST);
    const skips = [...this.#skipped].map(([reason, names]) => {
      return names.length === 1
        ? `${reason}: ${names[0]}`
        : `${reason}: ${names.length} tests, the first is ${names[0]}`;
    });
    return [
      this.failures(),
      [
        'slowest',
        ended.length > SLOWEST ? slowest.map(([path, { seconds }]) => `${path}: ${seconds.toFixed(1)} s`) : [],
      ],
      ['counted', [...this.#cases].map(([kind, count]) => `${kind}: ${count.toLocaleString('en-US')}`).sort()],
      ['skipped', skips],
      ['warnings of Node', [...this.#warnings].map(([text, paths]) => `${text}: ${[...paths].join(', ')}`)],
      ['', this.#counts.slice(-8)],
    ];
  }

  #file(path) {
    let file = this.#files.get(path);
    if (file === undefined) {
      file = { begun: undefined, seconds: undefined, failed: false, output: [] };
      this.#files.set(path, file);
    }
    return file;
  }

  #ended(path, { error, duration_ms: duration }) {
    const file = this.#file(path);
    file.seconds = duration / 1000;
    file.failed = error !== undefined;
    const line = `${path} (${inSeconds(duration)})`;
    return error === undefined ? `${green('✔')} ${line}` : `${red('✖')} ${line}`;
  }

  /** The file is where `test` was called, which for a shared table of cases tells less than the suites do. */
  #fullName({ nesting, name }) {
    return this.#reported.slice(0, nesting).concat(name).join(' › ');
  }

  #addSkip(data) {
    const reason = typeof data.skip === 'string' && data.skip !== '' ? data.skip : 'no reason given';
    this.#skipped.set(reason, [...(this.#skipped.get(reason) ?? []), this.#fullName(data)]);
  }

  #addFailure(path, data) {
    const { error } = data.details;
    // tsx puts a file into one line; the stack has the true place.
    const place = (data.line ?? 1) === 1 ? path : `${path}:${data.line}`;
    const isTimeout = error.failureType === 'testTimeoutFailure';
    const reason = isTimeout ? `timed out; ${this.#lastBegun(path)}` : described(error.cause ?? error);
    this.#failures.push({ path, text: `${red('✖')} ${this.#fullName(data)} (${place})\n${indented(reason, 4)}\n` });
  }

  #lastBegun(path) {
    const at = (this.#running.get(path) ?? []).filter((name) => resolve(name) !== resolve(path));
    return at.length > 0 ? `last begun: ${at.join(' › ')}` : 'no test was running: something was left open';
  }

  /** Node's own warnings, without the process id. Those of this package are what some tests are about. */
  #addWarnings(path, message) {
    for (const [, text] of message.matchAll(ownWarning)) {
      this.#warnings.set(text, (this.#warnings.get(text) ?? new Set()).add(path));
    }
  }

  #addDiagnostic({ nesting, message }) {
    if (nesting === 0 && /^\w+ [\d.]+$/u.test(message)) this.#counts.push(`# ${message}`);
    const { kind, count } = /^counted (?<kind>.+): (?<count>\d+)$/u.exec(message)?.groups ?? {};
    if (kind !== undefined) this.#cases.set(kind, (this.#cases.get(kind) ?? 0) + Number(count));
  }
}

/** The stack of an assertion has the difference in it; the values themselves may be long. */
function described(cause) {
  if (typeof cause === 'string') return cause;
  const isAssertion = cause.code === 'ERR_ASSERTION' && typeof cause.stack === 'string';
  const text = isAssertion ? cause.stack : inspect(cause, { depth: 8 });
  return text.replaceAll(/^ +at .*node:internal.*\n?/gmu, '').trimEnd();
}

/** Blocks of a title and its lines; empty ones are left out. */
function sections(blocks) {
  const texts = blocks.filter(([, lines]) => lines.length > 0);
  return texts
    .map(([title, lines]) => `\n${title && `${title}:\n`}${indented(lines.join('\n'), title ? 2 : 0)}\n`)
    .join('');
}

function indented(text, columns) {
  return text.replaceAll(/^(?=.)/gmu, ' '.repeat(columns));
}

function inSeconds(milliseconds) {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
