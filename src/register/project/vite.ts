// The project in Vite and Vitest: what the plugin of ../vite.ts asks before it looks for kits and files.

import { fileURLToPath, pathToFileURL } from 'node:url';
import { isInProject, moduleFolder } from '../project-folders.ts';
import type { ProvideOptions } from './options.ts';
import { openProject, type Project } from './project.ts';

/** Begins the names of modules that are made. The NUL keeps other plugins away from them. */
const made = '\0harmony-websocket:project:';

/** The project of a build, or of a run of Vitest. */
export class ViteProject {
  readonly #options: ProvideOptions;
  readonly #texts = new Map<string, string>();
  #project: Project | undefined;

  constructor(options: ProvideOptions) {
    this.#options = options;
  }

  /**
   * Opens the project, before anything is resolved.
   *
   * @param root  Vite's root.
   * @returns environment variables for tests, which run in processes of their own
   * @throws the errors of errors.ts
   */
  async open(root: string): Promise<Readonly<Record<string, string>>> {
    const { provide } = this.#options;
    if (provide === undefined && !isInProject(root)) return {};
    this.#project = await openProject({ folder: root, ...(provide === undefined ? {} : { provide }) });
    const module = moduleFolder(root);
    // resources.ts reads it.
    return module === undefined ? {} : { HARMONY_WEBSOCKET_MODULE: module };
  }

  /** The id of what an import leads to. @param importer  URL of the importing file. */
  find(specifier: string, importer: string | undefined): string | undefined {
    const provided = this.#project?.provided(specifier, importer);
    if (provided === undefined) return undefined;
    if (provided.path !== undefined) return withSlashes(provided.path);
    const id = made + provided.name.replace(/[^\w@./-]+/g, '_');
    this.#texts.set(id, provided.text(withSlashes));
    return id;
  }

  /** The text of a module that is made. */
  text(id: string): string | undefined {
    return this.#texts.get(id);
  }
}

/** A path as Vite writes it, with forward slashes on every system. */
function withSlashes(path: string): string {
  return fileURLToPath(pathToFileURL(path)).replaceAll('\\', '/');
}
