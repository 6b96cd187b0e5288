// How a client asks for a session: by a suffix of the subprotocol (docs/resume.md). `chat+wsr1` is `chat` with a session,
// and `wsr1` is a session without a subprotocol. The application sees `chat`, and `''`.

const NAME = 'wsr1';
const SUFFIX = `+${NAME}`;

/** The offers as the application sees them: without suffixes, each name once, in the client's order. */
export function applicationOffers(offered: readonly string[]): readonly string[] {
  const names = offered.map((name) => (name.endsWith(SUFFIX) ? name.slice(0, -SUFFIX.length) : name));
  return [...new Set(names)].filter((name) => name !== '' && name !== NAME);
}

/**
 * The name to answer with for a session.
 *
 * @param subprotocol  the application's selection; `''`: none
 * @returns `undefined`: the client did not offer a session with it
 */
export function resumableName(subprotocol: string, offered: readonly string[]): string | undefined {
  const name = subprotocol === '' ? NAME : subprotocol + SUFFIX;
  return offered.includes(name) ? name : undefined;
}
