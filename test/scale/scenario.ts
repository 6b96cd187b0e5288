// A scenario: what is set up, what happens, what must hold. What it found is a row of docs/scale.md.

import type { Judgement } from './ledger.ts';
import type { BusKind } from './node-task.ts';
import type { Stage, StageSettings } from './stage.ts';

/** Something that must hold. */
export interface Check {
  readonly name: string;
  readonly value: string;
  readonly holds: boolean;
}

export interface Outcome {
  readonly scenario: string;
  readonly title: string;
  readonly bus: BusKind;
  readonly judgement: Judgement;
  readonly figures: readonly (readonly [name: string, value: string])[];
  readonly checks: readonly Check[];
  readonly seconds: number;
  readonly passed: boolean;
}

/** The script's hands. */
export interface Script {
  readonly stage: Stage;
  /** Seconds of the long run, made shorter with `--quick`. */
  seconds(count: number): Promise<void>;
  /** Says what happens now. */
  say(text: string): void;
  figure(name: string, value: string): void;
  check(name: string, holds: boolean, value: string): void;
}

export interface Scenario {
  readonly name: string;
  /** What the fault is, for the table. */
  readonly title: string;
  readonly buses: readonly BusKind[];
  /** @param sessions  a directory for sessions, if clients resume */
  readonly stage?: (bus: BusKind, sessions: string) => Omit<Partial<StageSettings>, 'bus'>;
  play(script: Script): Promise<void>;
}
