// `util.ArkTSVM` and `util.AutoFinalizerCleaner`: what an app asks of the virtual machine and its garbage collector.

import { BusinessError, type Callback, heap } from '../host.ts';

/** The heap of a virtual machine, or the shared one. */
export interface HeapMemoryInfo {
  /** Number of the thread; absent for the shared heap. */
  threadId?: number;
  /** Name of the thread; absent for the shared heap. */
  threadName?: string;
  /** Which heap it is. */
  heapType: string;
  /** Size of all objects in it, in KiB. */
  heapObjectSize: number;
}

/** Percentages of the heaps' bounds, each 70 to 95. */
export interface HeapMemoryThreshold {
  /** Of the heap of a virtual machine. */
  localHeapThreshold?: number;
  /** Of the shared heap. */
  sharedHeapThreshold?: number;
  /** Of all heaps of the process. */
  processHeapThreshold?: number;
}

/** Options of the detection of objects that several threads use. */
export interface MultithreadingDetectionOptions {
  /** Whether the application ends when it finds one. Default `true`. */
  abort?: boolean;
  /** How often it looks, 100 to 2147483647. Default 100. */
  frequency?: number;
  /** Minutes between two reports, 0 to 1440. Default 5. */
  interval?: number;
}

function notSupported(): BusinessError {
  return new BusinessError(801, 'Capability not supported.');
}

/** Maintenance of the virtual machine. */
// biome-ignore lint/complexity/noStaticOnlyClass: declared like this by the SDK
export class ArkTSVM {
  /**
   * Turns the detection of objects that several threads use on or off.
   *
   * Off the device: does nothing; no object belongs to two threads there.
   */
  static setMultithreadingDetectionEnabled(_enabled: boolean, _options?: MultithreadingDetectionOptions): void {}

  /**
   * Has a callback called when a heap is nearly full.
   *
   * Off the device: not supported.
   *
   * @throws BusinessError 801
   */
  static onVMHeapMemoryPressure(_callback: Callback<string>, _heapMemoryThreshold: HeapMemoryThreshold): boolean {
    throw notSupported();
  }

  /**
   * Takes the callback back.
   *
   * Off the device: not supported.
   *
   * @throws BusinessError 801
   */
  static offVMHeapMemoryPressure(): void {
    throw notSupported();
  }

  /**
   * Returns the size of each heap.
   *
   * Off the device: one entry, for the heap of the calling thread.
   */
  static getAllVMHeapMemoryInfo(): Promise<HeapMemoryInfo[]> {
    const { process, size } = heap();
    const heapObjectSize = Math.ceil(size / 1024);
    return Promise.resolve([{ threadId: process, threadName: 'main', heapType: 'local heap', heapObjectSize }]);
  }

  /**
   * Turns the detection of handles that are never released on.
   *
   * Off the device: does nothing; there are no such handles.
   */
  static enableLocalHandleDetection(): void {}

  /**
   * Turns the tracking of references from native code, which snapshots of the heap then show, on or off.
   *
   * Off the device: does nothing; snapshots of Node.js have their own form.
   */
  static setTrackGlobalRef(_enable: boolean): void {}
}

/** An object that wants to be told when it is gone. */
export interface AutoFinalizer<T> {
  /** Is called, without `this`, some time after the object was collected. */
  onFinalization(heldValue: T): void;
}

const registry = new FinalizationRegistry<() => void>((finalize) => finalize());

/** Tells objects when they are gone. */
// biome-ignore lint/complexity/noStaticOnlyClass: declared like this by the SDK
export class AutoFinalizerCleaner<_T> {
  /**
   * Has the object's `onFinalization` called some time after it was collected, if the process still runs.
   *
   * @param heldValue  what is passed on. It must not lead to the object
   */
  static register<T>(obj: AutoFinalizer<T>, heldValue: T): void {
    // The callback must not keep the object.
    const { onFinalization } = obj;
    registry.register(obj, () => onFinalization(heldValue));
  }
}
