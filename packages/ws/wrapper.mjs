// `import … from 'ws'`.

export * from 'harmony-websocket/ws';
export { default } from 'harmony-websocket/ws';
