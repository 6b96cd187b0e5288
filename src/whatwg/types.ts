// What the classes and their interfaces have in common.

/** In which form binary messages arrive: as `Blob` (the default) or as `ArrayBuffer`. */
export type BinaryType = 'blob' | 'arraybuffer';

/** What `send` takes. Anything else becomes a string, as everywhere in the web. */
export type SendData = string | ArrayBuffer | ArrayBufferView | Blob;

/** What `opened` of a WebSocketStream resolves with. */
export interface WebSocketOpenInfo {
  /** The extensions in use: `permessage-deflate`, or `''`. */
  readonly extensions: string;
  /** The subprotocol that the server chose; `''` if it chose none. */
  readonly protocol: string;
  /** The messages of the peer: strings and `Uint8Array`s. While nobody reads, the peer is held back. */
  readonly readable: ReadableStream<string | Uint8Array>;
  /** Takes strings and bytes, a message each. A write is done when the next may follow. */
  readonly writable: WritableStream<string | ArrayBuffer | ArrayBufferView>;
}

/** How a WebSocketStream is closed, or was. */
export interface WebSocketCloseInfo {
  /** 1000 or 3000–4999, to close with; what the peer sent, afterwards. */
  readonly closeCode?: number | undefined;
  /** At most 123 bytes of UTF-8. With a reason and no code, the code is 1000. */
  readonly reason?: string | undefined;
}
