// The public entry `harmony-websocket/inspector`: Chrome DevTools for a server.

export { createInspector, type Inspector } from './inspector.ts';
export type { InspectorHistory, InspectorOptions } from './options.ts';
