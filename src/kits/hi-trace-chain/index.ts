// `hiTraceChain` (`@kit.PerformanceAnalysisKit`, `@ohos.hiTraceChain`): an ID that follows one piece of work through a
// program. The thread has one at a time.

import { hilog } from '../host.ts';

const flagsByName = {
  DEFAULT: 0,
  INCLUDE_ASYNC: 1,
  DONOT_CREATE_SPAN: 2,
  TP_INFO: 4,
  NO_BE_INFO: 8,
  DISABLE_LOG: 16,
  FAILURE_TRIGGER: 32,
  D2D_TP_INFO: 64,
} as const;
const pointTypes = { CS: 0, CR: 1, SS: 2, SR: 3, GENERAL: 4 } as const;
const modes = { DEFAULT: 0, THREAD: 1, PROCESS: 2, DEVICE: 3 } as const;

/** An ID. */
export interface HiTraceId {
  /** The piece of work. `0n`: no valid ID. */
  chainId: bigint;
  /** The part of the work, within its chain. */
  spanId?: number;
  /** The part that this one belongs to. */
  parentSpanId?: number;
  /** A sum of `HiTraceFlag`. */
  flags?: number;
}

/** The module `@ohos.hiTraceChain`. */
export interface HiTraceChainModule {
  /** Flags by name. */
  readonly HiTraceFlag: typeof flagsByName;
  /** Kinds of trace points by name. */
  readonly HiTraceTracePointType: typeof pointTypes;
  /** Where the two ends of a trace point are, by name. */
  readonly HiTraceCommunicationMode: typeof modes;
  /** Begins a chain for this thread. @returns its ID; an invalid ID if the thread has one */
  begin(name: string, flags?: number): HiTraceId;
  /** Ends a chain, if it is that of this thread. */
  end(id: HiTraceId): void;
  /** The ID of this thread; an invalid ID if it has none. */
  getId(): HiTraceId;
  /** Sets the ID of this thread. An invalid one is ignored. */
  setId(id: HiTraceId): void;
  /** Takes the ID from this thread. */
  clearId(): void;
  /** An ID for a part of this thread's work; with the flag `DONOT_CREATE_SPAN`, or without an ID, the thread's own. */
  createSpan(): HiTraceId;
  /**
   * Prints a trace point.
   * Off the device: a line of `hilog`, for IDs with the flag `TP_INFO` or `D2D_TP_INFO`.
   */
  tracepoint(
    mode: hiTraceChain.HiTraceCommunicationMode,
    type: hiTraceChain.HiTraceTracePointType,
    id: HiTraceId,
    msg?: string,
  ): void;
  /** Whether an ID is valid. */
  isValid(id: HiTraceId): boolean;
  /** Whether an ID has a flag. */
  isFlagEnabled(id: HiTraceId, flag: hiTraceChain.HiTraceFlag): boolean;
  /** Adds a flag to an ID. It is changed. */
  enableFlag(id: HiTraceId, flag: hiTraceChain.HiTraceFlag): void;
}

let current: Required<HiTraceId> = invalid();
let chains = 0n;
let spans = 0;

/** The module. */
export const hiTraceChain: HiTraceChainModule = {
  HiTraceFlag: flagsByName,
  HiTraceTracePointType: pointTypes,
  HiTraceCommunicationMode: modes,
  begin(_name, flags = flagsByName.DEFAULT) {
    if (isValid(current)) return invalid();
    chains += 1n;
    // Unlike in other processes, and never 0n.
    const chainId = (BigInt(Date.now()) << 20n) | (chains & 0xfffffn);
    current = { chainId, spanId: 0, parentSpanId: 0, flags };
    return { ...current };
  },
  end(id) {
    if (isValid(id) && id.chainId === current.chainId) current = invalid();
  },
  getId: () => ({ ...current }),
  setId(id) {
    if (isValid(id)) current = { ...invalid(), ...id };
  },
  clearId() {
    current = invalid();
  },
  createSpan() {
    if (!isValid(current) || hasFlag(current, flagsByName.DONOT_CREATE_SPAN)) return { ...current };
    spans += 1;
    return { ...current, parentSpanId: current.spanId, spanId: spans };
  },
  tracepoint(mode, type, id, msg = '') {
    const isPrinted = hasFlag(id, flagsByName.TP_INFO) || hasFlag(id, flagsByName.D2D_TP_INFO);
    if (!isValid(id) || !isPrinted) return;
    const chain = `[${id.chainId.toString(16)}, ${id.spanId ?? 0}, ${id.parentSpanId ?? 0}]`;
    hilog.info(0x2d33, 'HiTraceC', '%{public}s mode %{public}d, type %{public}d: %{public}s', chain, mode, type, msg);
  },
  isValid,
  isFlagEnabled: hasFlag,
  enableFlag(id, flag) {
    id.flags = (id.flags ?? 0) | flag;
  },
};

export declare namespace hiTraceChain {
  /** The number of a flag. */
  export type HiTraceFlag = (typeof flagsByName)[keyof typeof flagsByName];
  /** The number of a kind of trace point. */
  export type HiTraceTracePointType = (typeof pointTypes)[keyof typeof pointTypes];
  /** The number of a mode. */
  export type HiTraceCommunicationMode = (typeof modes)[keyof typeof modes];
  /** An ID. */
  export type HiTraceId = HiTraceIdOfChain;
}

type HiTraceIdOfChain = HiTraceId;

export default hiTraceChain;

function invalid(): Required<HiTraceId> {
  return { chainId: 0n, spanId: 0, parentSpanId: 0, flags: 0 };
}

function isValid(id: HiTraceId): boolean {
  return typeof id?.chainId === 'bigint' && id.chainId !== 0n;
}

function hasFlag(id: HiTraceId, flag: number): boolean {
  return ((id.flags ?? 0) & flag) !== 0;
}
