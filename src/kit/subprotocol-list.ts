// Subprotocols as the kit writes them: one text with commas (kit specification §3.4 and §4.2).

/** The names of a list, each once, in their order. Blanks around a name do not count. */
export function subprotocolsOf(list: string): string[] {
  const names = list.split(',').map((name) => name.trim());
  return [...new Set(names)].filter((name) => name !== '');
}
