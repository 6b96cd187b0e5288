#!/usr/bin/env node
// The command `harmony-websocket`. It picks a subcommand, and turns an error into one line and an exit code. It uses only
// the public names of the package, as any other program would.

import { readFileSync } from 'node:fs';
import { didYouMean } from './arguments.ts';
import { connectCommand, connectHelp } from './commands/connect.ts';
import { doctorCommand, doctorHelp } from './commands/doctor.ts';
import { serveCommand, serveHelp } from './commands/serve.ts';
import { testCommand, testHelp } from './commands/test.ts';
import { typesCommand, typesHelp } from './commands/types.ts';
import { CommandError, ExitCode, UsageError } from './exit.ts';
import { writeProblem } from './sink.ts';
import { openStreams, type Streams } from './streams.ts';

interface Command {
  readonly help: string;
  /** Runs the command to its end. @returns the exit code */
  run(args: readonly string[], streams: Streams): Promise<number>;
}

const commands: ReadonlyMap<string, Command> = new Map([
  ['serve', { help: serveHelp, run: serveCommand }],
  ['connect', { help: connectHelp, run: connectCommand }],
  ['test', { help: testHelp, run: testCommand }],
  ['types', { help: typesHelp, run: typesCommand }],
  ['doctor', { help: doctorHelp, run: doctorCommand }],
]);

const help = `harmony-websocket: WebSocket at the command line

Usage
  harmony-websocket serve [options]         run an echo server that prints its traffic and serves a test page
  harmony-websocket connect URL [options]   run a client that sends lines and prints messages
  harmony-websocket test [FOLDER] [options] run the hypium tests of an app
  harmony-websocket types [FOLDER]          write declarations of kits and of provided modules, for TypeScript
  harmony-websocket doctor [FOLDER]         say what a project imports of the device, and what is missing here

Options
  -h, --help       print this help; after a command, the help of that command
  -v, --version    print the version

Examples
  harmony-websocket serve
  harmony-websocket connect ws://127.0.0.1:8080/
  echo hello | harmony-websocket connect ws://127.0.0.1:8080/

Exit codes
  0    success
  1    the command failed: port in use, no connection, missing file, value out of range, a failed test
  2    the command line has a mistake
  3    connect: the peer closed with a code other than 1000, 1001 or none
  4    the output could not be written: its reader closed it, or the disk is full
  130  interrupted

Colors appear only on a terminal, and only if NO_COLOR is not set.
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
  const names = [...commands.keys()];
  throw new UsageError(
    `unknown command "${name}"${didYouMean(name, names) || `; the commands are ${names.join(', ')}`}`,
  );
}

/** Whether help is asked for before `--`. It takes precedence over every mistake in the command line. */
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

/** The exit code, once everything has been written. A failure to write takes precedence over `code`. */
async function finish(code: number, { stdout, notices }: Streams): Promise<number> {
  await stdout.flushed();
  if (stdout.failure !== undefined) {
    notices.ended(`cannot write to standard output: ${writeProblem(stdout.failure)}`);
  }
  await notices.sink.flushed();
  if (stdout.failure !== undefined) return ExitCode.output;
  // Standard error is gone: only the exit code can report it.
  return notices.sink.failure !== undefined && code === ExitCode.ok ? ExitCode.output : code;
}

const args = process.argv.slice(2);
const streams = openStreams(args);
const code = await main(args, streams).catch((error: unknown) => report(error, args, streams));
process.exitCode = await finish(code, streams);
