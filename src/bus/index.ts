// The public entry `harmony-websocket/bus`: servers of one system in several processes, over any driver.

export type { ConnectPhase, ConnectTimings, RefusedResponse } from '../core/connect-failure.ts';
export { type ErrorCode, type ErrorFamily, WebSocketError } from '../core/errors.ts';
export type { HistogramMetrics } from '../core/histogram.ts';
export type { MessageData } from '../core/message/message-data.ts';
export type { SendOptions } from '../core/message/send-options.ts';
export type { BusMetrics } from '../core/meter.ts';
export { type BusDriver, type BusEvents, MAX_WAITING } from './bus-driver.ts';
export { BusPublisher, createPublisher, type PublisherOptions, type PublisherPublishOptions } from './bus-publisher.ts';
export { createBus } from './create-bus.ts';
export type { CountOptions, ListOptions, MembersOptions } from './list-options.ts';
export { type LocalBusOptions, localBus } from './local/local-bus.ts';
export type { BusHandlers, BusOptions } from './options.ts';
export type { Bus, BusState, CountOfNodes, ListedConnection, Listing, NodeInfo } from './seam.ts';
export { workersBus } from './workers/workers-bus.ts';
