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
  ERR_JSON: (where: string, reason: string) =>
    `${where}: the file is not JSON (${reason}); mend it, or import another one`,
  ERR_KIT_UNKNOWN: (where: string, specifier: string, nearest: string) =>
    `"${specifier}" (imported by ${where}) is not a module of the device; did you mean "${nearest}"? — ` +
    `correct the name, or, if it is right, ${remedy(specifier)}`,
  ERR_KIT_REQUIRE: (where: string, specifier: string, version: string) =>
    `${where}: Node.js ${version} cannot find "${specifier}" by require(), which compilers make of import in CommonJS; ` +
    'make the file an ES module ("type": "module" in package.json), or run it on Node.js 24 or later',
  ERR_KIT_NAME: (name: string, module: string, where?: string, nearest?: string) =>
    `${nameOf(name, module)} is not part of harmony-websocket; it can be imported, but not used` +
    `${where === undefined ? '' : ` (imported by ${where})`} — ` +
    (nearest === undefined ? '' : `did you mean "${nearest}"? If not, `) +
    `${remedy(module)}, or move the code that needs it into its own file`,
};

/** How to make a module of the device be there. */
function remedy(module: string): string {
  return `provide the module: provide: { '${module}': './stubs/file.ts' } in harmony.config.ts, or src/mock/mock-config.json5 (docs/arkts.md)`;
}

function nameOf(name: string, module: string): string {
  return name === 'default' ? `the default export of ${module}` : `"${name}" of ${module}`;
}

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
  if (code !== 'ERR_KIT_NAME') error.stack = `${error.name}: ${text}\n    at ${values[0]}`;
  return Object.assign(error, { code });
}
