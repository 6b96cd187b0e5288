// A trial of a package that uses `ws`, on this repository's face of that module. It runs where scripts/install-packages.mjs has
// installed test/packages/package.json, and on the versions of Node that the package itself supports.

import assert from 'node:assert/strict';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Scope } from '../support/handles.ts';
import { leavingNothing } from '../support/handles.ts';

const folder = fileURLToPath(new URL('.', import.meta.url));
const require = createRequire(import.meta.url);

/** Milliseconds: what starts Chromium or webpack takes some seconds on a busy machine. */
const PATIENCE = 60_000;

/** A line of the file that `HARMONY_WEBSOCKET_TRIALS` names, from which scripts/packages.ts makes docs/packages.md. */
export interface TrialResult {
  readonly name: string;
  readonly version: string;
  readonly exercised: string;
  /** Of Node, the major version. */
  readonly node: string;
  /** `passed`, or why it was left out. */
  readonly result: string;
}

/**
 * Declares the trial of a package as a test that must leave nothing open.
 *
 * @param name       of the package, as npm has it
 * @param exercised  what the trial does, for the table of docs/packages.md: "text, binary, rooms, close with 4001"
 * @param body       imports the package itself, so that a version of Node without support for it never loads it
 * @param beside     further packages whose versions of Node count
 */
export function trial(
  name: string,
  exercised: string,
  body: (scope: Scope) => Promise<void>,
  beside: readonly string[] = [],
): void {
  const reason = missing(name) ?? [name, ...beside].map(unsupported).find((found) => found !== undefined);
  test(`${name}: ${exercised}`, { skip: reason ?? false, timeout: 2 * PATIENCE }, async () => {
    isOnThisFace(name);
    await leavingNothing(body, PATIENCE)();
    note(name, exercised, 'passed');
  });
  if (reason !== undefined) note(name, exercised, reason);
}

/** The version that is installed. */
export function versionOf(name: string): string {
  return manifestOf(name).version;
}

function missing(name: string): string | undefined {
  if (existsSync(join(folder, 'node_modules', name))) return undefined;
  const reason = 'the packages are not installed; run: node scripts/install-packages.mjs';
  if (process.env.CI === 'true') throw new Error(`${reason}. With CI=true no trial may be left out.`);
  return reason;
}

interface Manifest {
  readonly version: string;
  readonly engines?: { readonly node?: string };
}

function manifestOf(name: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8')) as Manifest;
}

/** Why this version of Node is too old for a package. Of the ranges in use, the lowest version named is what counts. */
function unsupported(name: string): string | undefined {
  const range = manifestOf(name).engines?.node;
  const lowest = [...(range ?? '').matchAll(/\d+(?:\.\d+)?/gu)].map(([version]) => Number(version));
  const needed = Math.min(...lowest);
  return Number(process.versions.node.split('.')[0]) >= Math.floor(needed) || lowest.length === 0
    ? undefined
    : `${name} needs Node ${range}`;
}

/** The package gets this repository's classes when it asks for `ws`. */
function isOnThisFace(name: string): void {
  const from = createRequire(join(folder, 'node_modules', name, 'package.json'));
  const path = from.resolve('ws');
  assert.equal(dirname(path), join(folder, 'node_modules', 'ws'), `${name} must find the override`);
  assert.equal((require('ws/package.json') as { name: string }).name, 'harmony-websocket-ws');
}

function note(name: string, exercised: string, result: string): void {
  const file = process.env.HARMONY_WEBSOCKET_TRIALS;
  if (file === undefined) return;
  const node = process.versions.node.split('.')[0] ?? '';
  const line: TrialResult = {
    name,
    version: missing(name) === undefined ? versionOf(name) : '',
    exercised,
    node,
    result,
  };
  appendFileSync(file, `${JSON.stringify(line)}\n`);
}
