// The errors of this entry: a file that cannot run, a module that is unknown. They are for the author of an ArkTS file and
// never reach a connection, so they are not of the class `WebSocketError`.

/** The table. Keys are the stable `code` of the errors; `where` is `path:line` or `path:line:column`. */
const errorTable = {
  ERR_ARKTS_UI: (where: string, what: string) =>
    `${where}: "${what}" is ArkUI; harmony-websocket runs ArkTS logic only — ` +
    'move the networking code into a file without components and import that',
  ERR_ARKTS_DECORATOR: (where: string, name: string, known: readonly string[]) =>
    `${where}: decorator "@${name}" has no meaning here, and Node.js cannot run decorators; remove it or move what it ` +
    `decorates into another file (these are dropped without effect: ${known.map((known) => `@${known}`).join(', ')})`,
  ERR_ARKTS_SYNTAX: (where: string, what: string, excerpt: string) => `${where}: ${what}\n${excerpt}`,
  ERR_ARKTS_TRANSFORMER: (where: string, reason: string | undefined, version: string, peer: string) =>
    `${where}: Node.js ${version} cannot translate this file by itself${reason === undefined ? '' : ` (${reason})`}; ` +
    `install ${peer}: npm install --save-dev ${peer}`,
  ERR_KIT_UNKNOWN: (specifier: string, importer: string, available: readonly string[]) =>
    `"${specifier}" (imported by ${importer}) is not part of harmony-websocket; it has ${available.join(', ')} — ` +
    'move the code that needs it into its own file, or provide the module yourself (a hook registered after ' +
    'harmony-websocket/register, a plugin before harmonyWebSocket())',
  ERR_KIT_NAME: (name: string, kit: string) =>
    `"${name}" of ${kit} is not part of harmony-websocket; it can be imported, but not used — ` +
    'move the code that needs it into its own file',
};

type RegisterErrorCode = keyof typeof errorTable;

/**
 * Builds the error of a row; a syntax error is a `SyntaxError`, as it is for Node's own files.
 *
 * An error of the hooks has one stack frame, the place in the ArkTS source: real frames would show the inside of the module
 * loader. ERR_KIT_NAME keeps the real ones, since they lead to the use of the name.
 */
export function registerError<Code extends RegisterErrorCode>(
  code: Code,
  ...values: Parameters<(typeof errorTable)[Code]>
): Error & { code: Code } {
  const text = (errorTable[code] as (...values: unknown[]) => string)(...values);
  const error = code === 'ERR_ARKTS_SYNTAX' ? new SyntaxError(text) : new Error(text);
  if (code !== 'ERR_KIT_NAME') {
    const place = code === 'ERR_KIT_UNKNOWN' ? values[1] : values[0];
    error.stack = `${error.name}: ${text}\n    at ${place}`;
  }
  return Object.assign(error, { code });
}
