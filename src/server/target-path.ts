// The path in a request target.

/**
 * The path of a request target, as sent, without the query. RFC 9112 §3.2.2: a target may be a whole URI; then its path is
 * compared.
 */
export function pathOf(target: string): string {
  const [, path = ''] = /^(?:https?:\/\/[^/?#]*)?([^?]*)/i.exec(target) ?? [];
  return path === '' && target !== '' && !target.startsWith('?') ? '/' : path;
}
