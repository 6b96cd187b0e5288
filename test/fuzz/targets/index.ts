// Everything that is fuzzed, and its share of the seconds in `npm test`.

import type { FuzzTarget } from '../target.ts';
import { connectionTarget } from './connection.ts';
import { deflateDifferentialTarget, differentialTarget } from './differential.ts';
import { headerFieldsTarget } from './header-fields.ts';
import { inflateTarget } from './inflate.ts';
import { largeMessagesTarget } from './large-messages.ts';
import { liveClientTarget } from './live-client.ts';
import { liveDifferentialTarget } from './live-differential.ts';
import { liveServerTarget } from './live-server.ts';
import { negotiationTarget } from './negotiation.ts';
import { receiverTarget } from './receiver.ts';
import { resumeTarget } from './resume.ts';
import { roundTripTarget } from './round-trip.ts';

/** Milliseconds add up to 10,000. */
export const targets: readonly (readonly [target: FuzzTarget, milliseconds: number])[] = [
  [receiverTarget, 700],
  [connectionTarget, 1_000],
  [largeMessagesTarget, 500],
  [inflateTarget, 700],
  [roundTripTarget, 500],
  [headerFieldsTarget, 400],
  [resumeTarget, 400],
  [negotiationTarget, 500],
  [differentialTarget, 1_000],
  [deflateDifferentialTarget, 1_000],
  [liveDifferentialTarget, 1_000],
  [liveServerTarget, 1_200],
  [liveClientTarget, 1_100],
];
