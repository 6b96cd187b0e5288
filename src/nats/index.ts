// The public entry `harmony-websocket/nats`: nodes of one system, and their sessions, by NATS.

export { type NatsBusOptions, natsBus } from '../bus/nats/nats-bus.ts';
export type {
  NatsConnectionLike,
  NatsMessage,
  NatsServerInfo,
  NatsStatus,
  NatsSubscription,
} from '../bus/nats/nats-client.ts';
export type { NatsAccess, NatsAuthenticator } from '../bus/nats/nats-setup.ts';
export type * from '../bus/signatures.ts';
export { type NatsStoreOptions, natsStore } from '../resume/stores/nats/make-nats-store.ts';
export type * from '../resume/stores/signatures.ts';
