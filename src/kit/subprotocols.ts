// Subprotocol lists: the comma-separated text of the kit to the names that the engine takes (§3.4 and §4.2 of the kit
// specification).

// RFC 9110, §5.6.2: token.
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** The names of a list, each once, in order. */
export function subprotocolsOf(list: string): string[] {
  const names = list.split(',').map((name) => name.trim());
  return [...new Set(names)].filter((name) => name !== '');
}

/** Whether every name may stand in a `Sec-WebSocket-Protocol` header. */
export function areTokens(names: readonly string[]): boolean {
  return names.every((name) => TOKEN.test(name));
}
