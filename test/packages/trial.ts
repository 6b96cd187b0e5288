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

/**
 * `HARMONY_WEBSOCKET_CONTROL=1`: the trials run on whatever is installed as `ws`, for somebody who has put the real one there to
 * see whether a trial that fails is right.
 */
const isControl = process.env.HARMONY_WEBSOCKET_CONTROL === '1';

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

/** What is tried. */
export interface Trial {
  /** Of the package, as npm has it. */
  readonly name: string;
  /** For the table of docs/packages.md: "text, binary, rooms, close with 4001". */
  readonly exercised: string;
  /** The package that asks for `ws`, where it is not the one with the name; `null` if none does. */
  readonly asks?: string | null;
  /** Further packages whose versions of Node count. */
  readonly beside?: readonly string[];
}

/**
 * Declares the trial of a package as a test that must leave nothing open.
 *
 * @param body  imports the package itself, so that a version of Node without support for it never loads it
 */
export function trial(tried: Trial, body: (scope: Scope) => Promise<void>): void {
  const { name, exercised, asks = name, beside = [] } = tried;
  const reason = missing(name) ?? [name, ...beside].map(unsupported).find((found) => found !== undefined);
  test(`${name}: ${exercised}`, { skip: reason ?? false, timeout: 2 * PATIENCE }, async () => {
    if (asks !== null) isOnThisFace(asks);
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
  if (isControl) return;
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
