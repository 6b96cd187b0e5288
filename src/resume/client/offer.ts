// How a client asks for a session: by a suffix of each subprotocol (docs/resume.md, "Negotiation").

/** The name of the protocol: as a suffix, or of itself. */
const NAME = 'wsr1';
const SUFFIX = `+${NAME}`;

/** The subprotocols to offer: each with the suffix first, then plain. */
export function offered(subprotocols: readonly string[]): readonly string[] {
  if (subprotocols.length === 0) return [NAME];
  return [...subprotocols.map((name) => name + SUFFIX), ...subprotocols];
}

/** What the application sees of a selection, and whether it comes with a session. */
export function selected(subprotocol: string): { readonly name: string; readonly isResumable: boolean } {
  if (subprotocol === NAME) return { name: '', isResumable: true };
  if (subprotocol.endsWith(SUFFIX)) return { name: subprotocol.slice(0, -SUFFIX.length), isResumable: true };
  return { name: subprotocol, isResumable: false };
}
