// As much of `websocket` as is used here.

declare module 'websocket' {
  import type { Server } from 'node:http';

  type Message = { type: 'utf8'; utf8Data: string } | { type: 'binary'; binaryData: Buffer };
  interface Connection {
    on(event: 'message', listener: (message: Message) => void): void;
    sendUTF(text: string): void;
    sendBytes(bytes: Buffer): void;
  }
  interface ServerConfig {
    httpServer: Server;
    autoAcceptConnections?: boolean;
    maxReceivedFrameSize?: number;
    maxReceivedMessageSize?: number;
    keepalive?: boolean;
  }
  const websocket: {
    server: new (config: ServerConfig) => { on(event: 'connect', listener: (connection: Connection) => void): void };
  };
  export default websocket;
}
