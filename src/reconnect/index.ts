// The entry `harmony-websocket/reconnect`.

export * from './reconnecting-web-socket.ts';
export * from './resumable-web-socket.ts';
