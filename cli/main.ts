#!/usr/bin/env node
// The command `harmony-websocket`: picks a subcommand, and turns its errors into one line and an exit code. It uses the
// package by its public name alone, as any other program would.

import { readFileSync } from 'node:fs';
import { didYouMean } from './arguments.ts';
import { connectCommand, connectHelp } from './commands/connect.ts';
import { serveCommand, serveHelp } from './commands/serve.ts';
import { CommandError, ExitCode, UsageError } from './exit.ts';
import { writeProblem } from './sink.ts';
import { openStreams, type Streams } from './streams.ts';

interface Command {
  readonly help: string;
  /** Runs to the end and answers with the exit code. */
  run(args: readonly string[], streams: Streams): Promise<number>;
}

const commands: ReadonlyMap<string, Command> = new Map([
  ['serve', { help: serveHelp, run: serveCommand }],
  ['connect', { help: connectHelp, run: connectCommand }],
]);

const help = `harmony-websocket: WebSocket at the command line

Usage
  harmony-websocket serve [options]         an echo server that shows its traffic, with a page to try it
  harmony-websocket connect URL [options]   a client: lines in, messages out

Options
  -h, --help       this text; after a command, the text for that command
  -v, --version    the version

Examples
  harmony-websocket serve
  harmony-websocket connect ws://127.0.0.1:8080/
  echo hello | harmony-websocket connect ws://127.0.0.1:8080/

Exit codes
  0  done
  1  it could not be done: port taken, no connection, file missing, value out of range
  2  the command line was not understood
  3  connect: the peer closed with a code other than 1000, 1001 or none
  4  the output could not be written: its reader has closed it, or the disk is full

Colours appear on a terminal only, and not when NO_COLOR is set.
`;

async function main(args: readonly string[], streams: Streams): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined) {
    streams.notices.sink.write(help);
    return ExitCode.usage;
  }
  if (name === '--help' || name === '-h' || name === 'help') {
    const topic = rest[0] === undefined ? undefined : findCommand(rest[0]);
    streams.stdout.write(topic?.help ?? help);
    return ExitCode.ok;
  }
  if (name === '--version' || name === '-v') {
    streams.stdout.write(`${packageVersion()}\n`);
    return ExitCode.ok;
  }
  const command = findCommand(name);
  if (wantsHelp(rest)) {
    streams.stdout.write(command.help);
    return ExitCode.ok;
  }
  return command.run(rest, streams);
}

function findCommand(name: string): Command {
  const command = commands.get(name);
  if (command !== undefined) return command;
  if (name.startsWith('-')) throw new UsageError(`unknown option ${name}`);
  throw new UsageError(`unknown command "${name}"${didYouMean(name, [...commands.keys()])}`);
}

/** `--help` wins over whatever else is wrong with the command line, up to `--`. */
function wantsHelp(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  const options = end === -1 ? args : args.slice(0, end);
  return options.includes('--help') || options.includes('-h');
}

function packageVersion(): string {
  const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}

function report(error: unknown, args: readonly string[], { notices }: Streams): number {
  if (!(error instanceof UsageError || error instanceof CommandError)) throw error;
  notices.ended(error.message);
  if (error instanceof CommandError) {
    if (error.details !== '') notices.note(error.details);
    return ExitCode.failed;
  }
  const command = commands.has(args[0] ?? '') ? `${args[0]} ` : '';
  notices.note(`try: harmony-websocket ${command}--help`);
  return ExitCode.usage;
}

/** The exit code, once everything has been written; what could not be outweighs how the rest went. */
async function finish(code: number, { stdout, notices }: Streams): Promise<number> {
  await stdout.flushed();
  if (stdout.failure !== undefined) {
    notices.ended(`could not write to standard output: ${writeProblem(stdout.failure)}`);
  }
  await notices.sink.flushed();
  if (stdout.failure !== undefined) return ExitCode.output;
  // Nobody can be told why but by the code.
  return notices.sink.failure !== undefined && code === ExitCode.ok ? ExitCode.output : code;
}

const args = process.argv.slice(2);
const streams = openStreams(args);
const code = await main(args, streams).catch((error: unknown) => report(error, args, streams));
process.exitCode = await finish(code, streams);
