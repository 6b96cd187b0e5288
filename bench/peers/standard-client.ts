// Clients with the interface of browsers.

import type { Open } from '../clients/echoing.ts';

/** As much of it as is used here. */
export interface StandardWebSocket {
  binaryType: string;
  onopen: unknown;
  onmessage: unknown;
  onerror: unknown;
  send(data: string | Buffer): void;
}

export function standardClient(WebSocket: new (url: string) => StandardWebSocket): Open {
  return (url, received) =>
    new Promise((resolve, reject) => {
      const socket = new WebSocket(url);
      socket.binaryType = 'arraybuffer';
      socket.onerror = () => reject(new Error('the connection failed'));
      socket.onmessage = ({ data }: { data: string | ArrayBuffer }) => received(data);
      socket.onopen = () => resolve(socket);
    });
}
