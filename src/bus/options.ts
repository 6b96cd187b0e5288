// The options that all buses have. What a driver adds is beside its driver.

import type { WebSocketError } from '../core/errors.ts';
import type { NodeInfo, SharedSettings } from './seam.ts';

/** What is told of the bus. A handler that throws is an uncaught exception of the application; the bus goes on. */
export interface BusHandlers {
  /** The bus cannot be used: messages to other nodes are lost until `ready`. Told once for each loss. */
  lost?: ((error: WebSocketError) => void) | undefined;
  /**
   * The bus can be used, and every subscription is in place.
   *
   * @param event  `gap`: milliseconds before now in which messages from and to other nodes may be missing; 0 the first time. It
   *               begins when the latest message that arrived was sent (by the clock of its node), which is before `lost`
   */
  ready?: ((event: { readonly gap: number }) => void) | undefined;
  /**
   * ERR_WS_BUS_TROUBLE: messages were lost though the bus was there, as when the broker cuts a slow node off, or does not keep up
   * with what this node publishes (told once for each `liveness`).
   * ERR_WS_BUS_REFUSED: the broker will never take this node as it is set up; it does not try again.
   */
  failed?: ((error: WebSocketError) => void) | undefined;
  /** Another node was heard for the first time. */
  nodeJoined?: ((node: NodeInfo) => void) | undefined;
  /** Another node has ended (`'left'`), or was silent for three times `liveness` (`'silent'`). */
  nodeGone?: ((node: NodeInfo, why: 'left' | 'silent') => void) | undefined;
}

/** Options of every bus. */
export interface BusOptions extends BusHandlers {
  /**
   * Beginning of all channels at the broker: letters, digits, `_` and `-`, in parts with dots between, at most 64 of them. Nodes
   * see each other only with the same one. Default `'hws'`.
   */
  prefix?: string | undefined;
  /** Name of this node in `nodes()`, the same after a restart: letters, digits, `_` and `-`, at most 32. Default `'node'`. */
  node?: string | undefined;
  /**
   * Whether `listen` fails where the bus is not ready within `timeout`. `false`: the server begins without its other nodes, and
   * goes on trying; health, metrics and `lost` show it. Default `true`.
   */
  required?: boolean | undefined;
  /** Milliseconds that `listen` waits for the bus. Default 5,000. */
  timeout?: number | undefined;
  /** Milliseconds that a topic stays subscribed at the broker after its last subscriber here has left. Default 1,000. */
  linger?: number | undefined;
  /** Milliseconds between two signs of life of a node. It counts as gone after three without. The same on all nodes. At least 100. Default 2,000. */
  liveness?: number | undefined;
  /** Milliseconds that `sendTo`, `list` and the like wait for an answer. Default 1,000. */
  deadline?: number | undefined;
  /**
   * Channels for topics at the broker, from 1. Topics beyond that share 256 channels, and this node gets messages of topics that
   * it does not need. Default 50,000.
   */
  maxChannels?: number | undefined;
}

/** Checked and complete options. */
export interface BusSettings extends BusHandlers, Omit<SharedSettings, keyof BusHandlers> {
  readonly id: string;
}
