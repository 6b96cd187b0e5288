// What every server under test does for the harness: tells its port, and its CPU time and memory when asked.

export interface Usage {
  /** Microseconds of user and system time since the start. */
  readonly cpu: number;
  /** Bytes. */
  readonly rss: number;
}

export function payloadSize(): number {
  return Number(process.argv[2]);
}

export function opcode(): number {
  return Number(process.argv[3]);
}

export function ready(port: number): void {
  process.on('message', () => {
    const { user, system } = process.cpuUsage();
    const usage: Usage = { cpu: user + system, rss: process.memoryUsage.rss() };
    process.send?.(usage);
  });
  process.on('disconnect', () => process.exit(0));
  process.send?.({ port });
}
