// The workloads: how much one client publishes on node A, and how many get it on node B.

export interface Workload {
  readonly name: string;
  readonly title: string;
  readonly topics: number;
  /** Of each topic, all on node B. */
  readonly subscribers: number;
  /** Publishes a second, evenly. 0: the next one as soon as all subscribers have the one before, so many at a time. */
  readonly rate: number;
  readonly inFlight: number;
  /** Characters of a message. */
  readonly size: number;
}

export const workloads: readonly Workload[] = [
  {
    name: 'room',
    title: 'a room of 100 on the other node, 200 publishes/s',
    topics: 1,
    subscribers: 100,
    rate: 200,
    inFlight: 0,
    size: 128,
  },
  {
    name: 'single',
    title: '100 topics of one subscriber each, 1,000 publishes/s',
    topics: 100,
    subscribers: 1,
    rate: 1_000,
    inFlight: 0,
    size: 128,
  },
  {
    name: 'full',
    title: 'a room of 100 on the other node, as fast as it goes (8 publishes on their way)',
    topics: 1,
    subscribers: 100,
    rate: 0,
    inFlight: 8,
    size: 128,
  },
];
