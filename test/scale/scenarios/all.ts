import type { Scenario } from '../scenario.ts';
import {
  frozen as brokerFrozen,
  killed as brokerKilled,
  clusterServer,
  halfOpen,
  reset,
  restarted,
} from './broker-faults.ts';
import { jetStream } from './jetstream.ts';
import { churn, large, tooLarge } from './loads.ts';
import { frozen as nodeFrozen, killed as nodeKilled, slow } from './node-faults.ts';
import { slotMoved } from './redis-cluster.ts';
import { rolling } from './rolling.ts';

/** In the order in which they are played and shown. */
export const scenarios: readonly Scenario[] = [
  brokerKilled,
  restarted,
  brokerFrozen,
  halfOpen,
  reset,
  nodeKilled,
  nodeFrozen,
  slow,
  tooLarge,
  large,
  churn,
  clusterServer,
  slotMoved,
  rolling,
  jetStream,
];
