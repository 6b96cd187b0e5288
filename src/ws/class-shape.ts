// What a class of `ws` has that a declaration of a class does not say: constants on the class and on each WebSocket, and
// attributes that are enumerable, as those of the web are.

/** By their number. */
export const STATES = ['CONNECTING', 'OPEN', 'CLOSING', 'CLOSED'] as const;

const ENUMERABLE = [
  ...['binaryType', 'bufferedAmount', 'extensions', 'isPaused', 'protocol', 'readyState', 'url'],
  ...['onopen', 'onerror', 'onclose', 'onmessage', 'addEventListener', 'removeEventListener'],
];

/** @param type  the class WebSocket; attributes that it inherits from its own base become its own */
export function finishClass(type: { readonly prototype: object }): void {
  const { prototype } = type;
  for (const [value, name] of STATES.entries()) {
    Object.defineProperty(type, name, { value, enumerable: true });
    Object.defineProperty(prototype, name, { value, enumerable: true });
  }
  for (const name of ENUMERABLE) {
    const found =
      Object.getOwnPropertyDescriptor(prototype, name) ??
      Object.getOwnPropertyDescriptor(Object.getPrototypeOf(prototype), name);
    Object.defineProperty(prototype, name, { ...found, enumerable: true });
  }
}
