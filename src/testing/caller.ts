// The line of a program that called this package, for errors.

/**
 * Returns the line outside a module, and outside this one, that made the call.
 *
 * @param own  URL of the module
 */
export function callerOf(own: string): string {
  const lines = (new Error().stack ?? '').split('\n').slice(1);
  const ours = [own, import.meta.url].flatMap((url) => [url, new URL(url).pathname]);
  const line = lines.find((text) => !ours.some((place) => text.includes(place)));
  return line?.trim().replace(/^at /u, '') ?? 'an unknown caller';
}
