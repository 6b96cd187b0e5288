// The errors of a project's configuration: files that DevEco or the user wrote, and what they name. Each is one sentence with
// file, line and remedy, for the author of the project.

/** The table. Keys are the stable `code` of the errors; `where` is `path`, `path:line` or `path:line:column`. */
const errorTable = {
  ERR_PROJECT_FILE: (where: string, problem: string, remedy: string) => `${where}: ${problem}; ${remedy}`,
  ERR_PROVIDE_SOURCE: (where: string, module: string, source: string, path: string) =>
    `${where}: the source "${source}" of "${module}" does not exist; create ${path}, or correct the source`,
  ERR_PROVIDE_TWICE: (where: string, module: string, first: string) =>
    `${where}: "${module}" has a source at ${first} already; remove one of the two`,
  ERR_OHPM_MISSING: (where: string, name: string, version: string, importer: string, folder: string) =>
    `${where}: the dependency "${name}" ("${version}") is not installed, and ${importer} imports it; ` +
    `run "ohpm install" in ${folder}, or provide the module (harmony.config.ts, src/mock/mock-config.json5)`,
  ERR_OHPM_FOLDER: (where: string, name: string, folder: string) =>
    `${where}: the dependency "${name}" leads to ${folder}, which does not exist; correct the path`,
  ERR_OHPM_ENTRY: (where: string, name: string, problem: string, remedy: string) =>
    `${where}: "${name}" cannot be imported, because ${problem}; ${remedy}`,
  ERR_OHPM_CYCLE: (where: string, cycle: readonly string[]) =>
    `${where}: the modules depend on each other in a circle (${cycle.join(' → ')}), which ohpm refuses; ` +
    'move the shared code into a third module',
};

type ProjectErrorCode = keyof typeof errorTable;

/** Builds the error of a row. Its stack has one frame, the place in the file: real frames would show the module loader. */
export function projectError<Code extends ProjectErrorCode>(
  code: Code,
  ...values: Parameters<(typeof errorTable)[Code]>
): Error & { code: Code } {
  const text = (errorTable[code] as (...values: unknown[]) => string)(...values);
  const error = new Error(text);
  error.stack = `Error: ${text}\n    at ${values[0]}`;
  return Object.assign(error, { code });
}
