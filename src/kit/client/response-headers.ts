// Headers of the handshake response, as the kit's client shows them.

/**
 * The value of `headerReceive` (kit specification §3.6): names in lower case; repeated headers are joined, except for
 * `set-cookie`.
 *
 * @param rawHeaders  names and values alternately
 */
export function responseHeaders(rawHeaders: readonly string[]): Record<string, string | string[]> {
  const fields = new Map<string, string | string[]>();
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]!.toLowerCase();
    const value = rawHeaders[index + 1]!;
    const before = fields.get(name);
    if (before === undefined) fields.set(name, value);
    else if (Array.isArray(before)) before.push(value);
    else fields.set(name, name === 'set-cookie' ? [before, value] : `${before}, ${value}`);
  }
  return Object.fromEntries(fields);
}
