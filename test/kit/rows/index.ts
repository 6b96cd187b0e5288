// Every row of §§1–10 of the kit specification that can hold or not hold, in the order of its sections. A test names the
// rows that it shows in square brackets in its name, several with semicolons: `… [§3.8 code; S7]`.
// scripts/kit-coverage.ts counts them.

import { client } from './client.ts';
import { conformance } from './conformance.ts';
import { errors } from './errors.ts';
import { hilog } from './hilog.ts';
import { mapping } from './mapping.ts';
import { server } from './server.ts';
import { surface } from './surface.ts';
import { surprises } from './surprises.ts';

/** Sections by title, their rows by name. */
export const sections: readonly (readonly [title: string, rows: Readonly<Record<string, string>>])[] = [
  ['§1 Public types', surface],
  ['§2 Errors', errors],
  ['§3 Client', client],
  ['§4 Server', server],
  ['§5 Surprises and open questions', surprises],
  ['§6 hilog', hilog],
  ['§7, §8 Shared types, mapping', mapping],
  ['§9, §10 Traces, conformance checklist', conformance],
];
