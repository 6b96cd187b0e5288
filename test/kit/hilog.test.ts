import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, test } from 'node:test';
import { hilogSettings } from '../../src/hilog/environment.ts';
import { createHilog, type Hilog, LogLevel, OutputType, PreferStrategy } from '../../src/hilog/hilog.ts';

/** A logger at a fixed time, and what it wrote. */
function logger(environment: Record<string, string> = {}): { hilog: Hilog; lines: string[] } {
  const lines: string[] = [];
  const hilog = createHilog({
    ...hilogSettings(environment),
    write: (line, level) => lines.push(`${level} ${line}`),
    now: () => new Date(2026, 0, 2, 3, 4, 5, 6),
  });
  return { hilog, lines };
}

const ids = `${process.pid}  ${process.pid}`;

describe('kit specification §6.4: the line', () => {
  test('MM-DD HH:MM:SS.mmm  pid  tid  L Axxxxx/process/tag: text [kit §6.4 layout; kit §6.4 process name; kit §6.4 sink]', () => {
    const { hilog, lines } = logger();
    hilog.info(0x0000, 'testTag', 'hello %{public}s', 'you');
    assert.deepEqual(lines, [`4 01-02 03:04:05.006  ${ids}  I A00000/node/testTag: hello you\n`]);
  });

  test('the domain is five hexadecimal digits', () => {
    const { hilog, lines } = logger();
    hilog.info(0xffff, 't', 'x');
    hilog.info(0x3d, 't', 'x');
    assert.match(lines[0]!, / A0ffff\/node\/t: x\n$/);
    assert.match(lines[1]!, / A0003d\/node\/t: x\n$/);
  });

  test('a letter for each level [kit §6.1 levels]', () => {
    const { hilog, lines } = logger({ HARMONY_WEBSOCKET_HILOG_LEVEL: 'debug' });
    for (const level of ['debug', 'info', 'warn', 'error', 'fatal'] as const) hilog[level](1, 't', 'x');
    const letters = lines.map((line) => /^(\d).* ([DIWEF]) A/.exec(line)?.slice(1).join(''));
    assert.deepEqual(letters, ['3D', '4I', '5W', '6E', '7F']);
  });

  test('each line is written at once: up to WARN to standard output, ERROR and FATAL to standard error [kit §6.4 streams]', () => {
    const program = `
      import { hilog } from ${JSON.stringify(new URL('../../src/kit/index.ts', import.meta.url).href)};
      hilog.info(0, 'a', 'out'); hilog.warn(0, 'a', 'out too'); hilog.error(0, 'a', 'err'); hilog.fatal(0, 'a', 'err too');`;
    const { stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
      encoding: 'utf8',
    });
    const texts = (output: string) => [...output.matchAll(/ A00000\/node\/a: (.*)\n/g)].map((match) => match[1]);
    assert.deepEqual(texts(stdout), ['out', 'out too']);
    assert.deepEqual(texts(stderr), ['err', 'err too']);
  });
});

describe('kit specification §6.2: rules', () => {
  test('a domain outside 0x0000–0xFFFF prints nothing [kit §6.2 domain]', () => {
    const { hilog, lines } = logger();
    for (const domain of [-1, 0x10000, 1.5, Number.NaN]) {
      hilog.error(domain, 't', 'x');
      assert.equal(hilog.isLoggable(domain, 't', LogLevel.FATAL), false);
    }
    assert.deepEqual(lines, []);
  });

  test('a tag is cut at 31 bytes [kit §6.2 tag]', () => {
    const { hilog, lines } = logger();
    hilog.info(0, 'x'.repeat(32), 'a');
    hilog.info(0, 'é'.repeat(16), 'b');
    assert.match(lines[0]!, /\/x{31}: a/);
    assert.match(lines[1]!, /\/é{15}: b/);
  });

  test('wrong argument types drop the call [kit §6.2 argument types]', () => {
    const { hilog, lines } = logger();
    const info = hilog.info as (...args: unknown[]) => void;
    info('0', 't', 'x');
    info(0, 5, 'x');
    info(0, 't', { x: 1 });
    info();
    assert.deepEqual(lines, []);
  });

  test('the default is INFO [kit §6.2 default level; kit §6.2 suppressed; kit §6.1 isLoggable]', () => {
    const { hilog, lines } = logger();
    hilog.debug(0, 't', 'x');
    assert.deepEqual(lines, []);
    assert.equal(hilog.isLoggable(0, 't', LogLevel.DEBUG), false);
    assert.equal(hilog.isLoggable(0, 't', LogLevel.INFO), true);
  });

  test('HARMONY_WEBSOCKET_HILOG_LEVEL takes names and numbers; others count as absent [kit §6.2 default level]', () => {
    const levels = ['debug', 'WARN', '6', '2', 'loud', ''].map(
      (value) => hilogSettings({ HARMONY_WEBSOCKET_HILOG_LEVEL: value }).level,
    );
    assert.deepEqual(levels, [3, 5, 6, 4, 4, 4]);
  });

  test('another value of HARMONY_WEBSOCKET_HILOG_LEVEL or HARMONY_WEBSOCKET_HILOG_PRIVATE prints a warning', async () => {
    const warnings: string[] = [];
    const listener = ({ message }: Error): number => warnings.push(message);
    process.on('warning', listener);
    hilogSettings({ HARMONY_WEBSOCKET_HILOG_LEVEL: 'verbose', HARMONY_WEBSOCKET_HILOG_PRIVATE: 'yes' });
    hilogSettings({ HARMONY_WEBSOCKET_HILOG_LEVEL: '3', HARMONY_WEBSOCKET_HILOG_PRIVATE: 'show' });
    hilogSettings({ HARMONY_WEBSOCKET_HILOG_LEVEL: '', HARMONY_WEBSOCKET_HILOG_PRIVATE: '' });
    await new Promise(setImmediate);
    process.off('warning', listener);
    const own = warnings.filter((text) => /"verbose"|"yes"/.test(text));
    assert.equal(own.length, 2);
    assert.match(own[0]!, /HILOG_LEVEL is "verbose"; expected debug, info, warn, error, fatal or a number from 3 to 7/);
    assert.match(own[1]!, /HILOG_PRIVATE is "yes"; expected show, or nothing/);
  });

  test('HARMONY_WEBSOCKET_HILOG_PRIVATE=show reveals private parameters [kit §6.3 private text]', () => {
    const { hilog, lines } = logger({ HARMONY_WEBSOCKET_HILOG_PRIVATE: 'show' });
    hilog.info(0, 't', '%s', 'secret');
    assert.match(lines[0]!, /: secret\n/);
  });

  test('setMinLogLevel [kit §6.1 setMinLogLevel]', () => {
    const { hilog, lines } = logger();
    hilog.setMinLogLevel(LogLevel.DEBUG);
    hilog.debug(0, 't', 'x');
    hilog.setMinLogLevel(LogLevel.FATAL);
    hilog.error(0, 't', 'x');
    hilog.setMinLogLevel(99 as LogLevel);
    assert.equal(hilog.isLoggable(0, 't', LogLevel.ERROR), false);
    assert.equal(lines.length, 1);
  });

  test('setLogLevel prefers the stricter or the laxer of its level and the one of the environment [kit §6.1 setLogLevel; kit §6.1 PreferStrategy]', () => {
    const { hilog } = logger({ HARMONY_WEBSOCKET_HILOG_LEVEL: 'warn' });
    const lowest = () => Object.values(LogLevel).find((level) => hilog.isLoggable(0, 't', level));
    hilog.setLogLevel(LogLevel.DEBUG, PreferStrategy.PREFER_CLOSE_LOG);
    assert.equal(lowest(), LogLevel.WARN);
    hilog.setLogLevel(LogLevel.DEBUG, PreferStrategy.PREFER_OPEN_LOG);
    assert.equal(lowest(), LogLevel.DEBUG);
    hilog.setLogLevel(LogLevel.FATAL, PreferStrategy.PREFER_CLOSE_LOG);
    assert.equal(lowest(), LogLevel.FATAL);
    hilog.setLogLevel(LogLevel.FATAL, PreferStrategy.UNSET_LOGLEVEL);
    assert.equal(lowest(), LogLevel.WARN);
  });

  test('nothing is formatted below the level [kit §6.4 no formatting]', () => {
    const { hilog } = logger();
    const loud = {
      toJSON() {
        throw new Error('formatted');
      },
    };
    let isRead = false;
    const proxy = new Proxy(loud, { get: () => (isRead = true) });
    hilog.debug(0, 't', '%{public}o', proxy);
    hilog.debug(0, 't', '%{public}s', { toString: () => (isRead = true) });
    assert.equal(isRead, false);
    hilog.info(0, 't', '%{public}o', proxy);
    assert.equal(isRead, true, 'it is read when the level is on');
  });
});

describe('kit specification §6.1: members', () => {
  test('enums [kit §6.1 LogLevel; kit §6.1 PreferStrategy; kit §6.1 OutputType]', () => {
    const { hilog } = logger();
    assert.deepEqual(hilog.LogLevel, { DEBUG: 3, INFO: 4, WARN: 5, ERROR: 6, FATAL: 7 });
    assert.deepEqual(hilog.PreferStrategy, { UNSET_LOGLEVEL: 0, PREFER_CLOSE_LOG: 1, PREFER_OPEN_LOG: 2 });
    assert.deepEqual(hilog.OutputType, {
      DEFAULT: 0,
      CONSOLE_ONLY: 0,
      PRIVATE_SANDBOX_ONLY: 1,
      SHARE_SANDBOX_ONLY: 2,
      PRIVATE_SANDBOX_WITH_CONSOLE: 3,
      SHARE_SANDBOX_WITH_CONSOLE: 4,
    });
  });

  test('file output does nothing [kit §6.1 setOutputType; kit §6.1 setOutputTypeByDomainID; kit §6.1 getOutputType; kit §6.1 getOutputDir; kit §6.1 clean, flush; kit §6.1 getLogFile]', () => {
    const { hilog } = logger();
    assert.equal(hilog.setOutputType(OutputType.SHARE_SANDBOX_ONLY), OutputType.DEFAULT);
    assert.equal(hilog.getOutputType(), OutputType.DEFAULT);
    assert.equal(hilog.getOutputDir(), '');
    assert.deepEqual(hilog.getLogFile(60), []);
    hilog.flush();
    hilog.clean();
  });

  test('functions need no this', () => {
    const { hilog, lines } = logger();
    const { info } = hilog;
    info(0, 't', 'x');
    assert.equal(lines.length, 1);
  });
});
