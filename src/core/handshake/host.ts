// The value of a Host field (RFC 7230 §5.4).

/**
 * Whether `text` can be a Host field that names an authority: `uri-host [ ":" port ]`, where the host is not empty. Takes
 * time in proportion to its length.
 */
export function isHost(text: string): boolean {
  return HOST.test(text);
}

// RFC 3986 §3.2.2 and §3.2.3: an address in brackets, or a name of its characters and percent-encoded bytes; then a port.
// The grammar allows a comma in a name. It is left out here: two Host fields that were joined into one must not pass.
const HOST = /^(?:\[[\w\-.~!$&'()*+;=:]+\]|(?:[\w\-.~!$&'()*+;=]|%[\dA-Fa-f]{2})+)(?::\d*)?$/;
