// What the primary process tells its workers of the bus: whether it can be used, and of the broker behind it, if there is one.

import { MAX_WAITING } from '../bus-driver.ts';

/** The bus as the primary sees it. Sent whenever it changes. */
export interface SharedState {
  /** `ready`, `lost`: as the events of a driver; `refused`: for ever. */
  readonly kind: 'ready' | 'lost' | 'refused';
  /** Why it is not ready. */
  readonly reason: string;
  /** What drivers of workers show. */
  readonly address: string;
  readonly maxPayload: number;
  readonly payloadBound: string;
}

/** Of a cluster without a broker. */
export const workersOnly: SharedState = {
  kind: 'ready',
  reason: '',
  address: 'workers:',
  maxPayload: MAX_WAITING,
  payloadBound: 'the bus of workers',
};
