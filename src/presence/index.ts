// The public entry `harmony-websocket/presence`: the members of topics, over all nodes of a system.

export type {
  PresenceConnection,
  PresenceHandlers,
  PresenceMember,
  PresenceNode,
  PresenceOptions,
  PresenceServer,
} from './options.ts';
export { createPresence, type Presence } from './presence.ts';
