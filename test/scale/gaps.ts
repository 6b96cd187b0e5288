// When messages may have been lost: the times that nodes report, and the times that a client knows of itself.

/** Milliseconds by which clocks of two processes, and the order of their reports, may differ. */
const SLACK = 100;

export interface Gap {
  readonly node: string;
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
  readonly why: string;
}

export class Gaps {
  readonly all: Gap[] = [];

  add(gap: Gap): void {
    this.all.push(gap);
  }

  /** The gap of one of these nodes with this moment in it. */
  around(nodes: readonly string[], at: number): Gap | undefined {
    return this.all.find((gap) => nodes.includes(gap.node) && gap.from - SLACK <= at && gap.to + SLACK >= at);
  }

  /** For a reader: how far the nearest gap of these nodes is. `''`: they reported none. */
  near(nodes: readonly string[], at: number): string {
    let nearest: { distance: number; text: string } | undefined;
    for (const { node, from, to } of this.all) {
      if (!nodes.includes(node)) continue;
      const distance = at < from ? from - at : at - to;
      if (nearest !== undefined && distance >= nearest.distance) continue;
      nearest = { distance, text: `, ${distance.toFixed(0)} ms ${at < from ? 'before' : 'after'} a gap of ${node}` };
    }
    return nearest?.text ?? '';
  }

  /** Milliseconds of the longest gap that a node reported. */
  get longest(): number {
    return this.all.reduce((longest, { from, to }) => Math.max(longest, to - from), 0);
  }
}
