// What the signature of a function that makes a bus names, for the entries that export one.

export type { ConnectPhase, ConnectTimings, RefusedResponse } from '../core/connect-failure.ts';
export type { ErrorCode, ErrorFamily, WebSocketError } from '../core/errors.ts';
export type { BusHandlers, BusOptions } from './options.ts';
export type { Bus, BusState, NodeInfo } from './seam.ts';
