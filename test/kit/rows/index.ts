// Every row of kit specification §1–10 that can hold or not hold, in the order of its sections. A test names the
// rows that it shows in square brackets in its name, several with semicolons: `… [kit §3.8 code; S7]`.
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
  ['kit §1 Public types', surface],
  ['kit §2 Errors', errors],
  ['kit §3 Client', client],
  ['kit §4 Server', server],
  ['kit §5 Surprises and open questions', surprises],
  ['kit §6 hilog', hilog],
  ['kit §7, §8 Shared types, mapping', mapping],
  ['kit §9, §10 Traces, conformance checklist', conformance],
];
