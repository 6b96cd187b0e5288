// The project in esbuild: callbacks that come before those of ../esbuild.ts.

import { pathToFileURL } from 'node:url';
import { isInProject } from '../project-folders.ts';
import type { ProvideOptions } from './options.ts';
import { openProject } from './project.ts';

/** The part of esbuild's `PluginBuild` that is used. */
interface Build {
  readonly initialOptions?: { readonly absWorkingDir?: string | undefined } | undefined;
  onResolve(
    options: { filter: RegExp },
    callback: (args: { readonly path: string; readonly importer: string }) => Resolved | undefined,
  ): void;
  onLoad(
    options: { filter: RegExp; namespace: string },
    callback: (args: { readonly path: string }) => { contents: string; loader: 'js'; resolveDir: string },
  ): void;
}

interface Resolved {
  path?: string;
  namespace?: string;
  errors?: { text: string; detail: unknown }[];
}

/** Of modules that are made. */
const namespace = 'harmony-websocket-project';

/**
 * Registers the callbacks where the working directory is in a project, or modules are provided.
 *
 * @throws the errors of errors.ts
 */
export async function provideModules(build: Build, { provide }: ProvideOptions): Promise<void> {
  const folder = build.initialOptions?.absWorkingDir ?? process.cwd();
  if (provide === undefined && !isInProject(folder)) return;
  const project = await openProject({ folder, ...(provide === undefined ? {} : { provide }) });
  const texts = new Map<string, string>();

  build.onResolve({ filter: /./ }, ({ path, importer }) => {
    if (importer === '' || texts.has(importer)) return undefined;
    try {
      const provided = project.provided(path, pathToFileURL(importer).href);
      if (provided?.path !== undefined) return { path: provided.path };
      if (provided === undefined) return undefined;
      texts.set(
        provided.name,
        provided.text((file) => file),
      );
      return { path: provided.name, namespace };
    } catch (error) {
      return { errors: [{ text: (error as Error).message, detail: error }] };
    }
  });

  build.onLoad({ filter: /./, namespace }, ({ path }) => {
    return { contents: texts.get(path) ?? '', loader: 'js', resolveDir: folder };
  });
}
