// The kits of the device and the names of each, from kit-table.ts. That file is read when they are first asked for, which is
// when a project imports a kit, or a name, that this package does not have.

import { readFileSync } from 'node:fs';
import { nearestName } from '../core/nearest-name.ts';

let read: Map<string, readonly string[]> | undefined;

/** The names of each kit by its module name. Kits of HarmonyOS that OpenHarmony does not have are listed without names. */
export function kitNames(): Map<string, readonly string[]> {
  // The table lies beside this file, compiled as this file is.
  const file = import.meta.url.replace(/[^/]*(\.[jt]s)([?#].*)?$/, 'kit-table$1');
  read ??= parsed(readFileSync(new URL(file), 'utf8'));
  return read;
}

/** Reads the lines of the template: see kit-table.ts. */
function parsed(text: string): Map<string, readonly string[]> {
  const kits = new Map<string, string[]>();
  let names: string[] = [];
  for (const line of text.split(/\r?\n/)) {
    if (line.startsWith('`')) break;
    if (line.startsWith(' ')) names.push(...line.trim().split(/\s+/));
    if (!line.startsWith('@')) continue;
    names = [];
    kits.set(line, names);
  }
  return kits;
}

/**
 * The kit that an unknown `@kit.…` is probably a misspelling of. Names are compared without `Kit`, which they all end with:
 * `@kit.MapKit` is not a misspelling of `@kit.AbcKit`.
 */
export function nearestKit(specifier: string): string | undefined {
  const kits = new Map([...kitNames().keys()].map((kit) => [stem(kit), kit]));
  const typed = stem(specifier);
  const nearest = nearestName(typed, [...kits.keys()]);
  // A longer name that begins with the other is one of its own: `@kit.NetworkBoostKit`.
  if (nearest === undefined || Math.abs(nearest.length - typed.length) > 2) return undefined;
  return kits.get(nearest);
}

function stem(kit: string): string {
  return kit.replace(/^@kit\./, '').replace(/kit$/i, '');
}

/** The name of a kit that an unknown one is probably a misspelling of; `undefined` where the kit's names are not known. */
export function nearestOfKit(kit: string, name: string): string | undefined {
  if (!kit.startsWith('@kit.')) return undefined;
  const names = kitNames().get(kit) ?? [];
  return names.includes(name) ? undefined : nearestName(name, names);
}
