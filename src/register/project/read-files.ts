// The sources of a project as `harmony-websocket doctor` needs them: what each imports when it runs. What only types and
// components use is left out, since it is not needed off the device.

import { readFileSync } from 'node:fs';
import { toTypeScript } from '../arkts.ts';
import { componentsIn } from '../components.ts';
import { type ModuleImport, type ModuleUse, moduleImports, moduleUses } from '../device-imports.ts';
import { tokenize } from '../tokens.ts';
import { toJavaScript } from '../transform.ts';

/** A source. */
export interface ReadFile {
  readonly imports: readonly ModuleImport[];
  /** The modules of the device among them, with lines of the source. */
  readonly uses: ReadonlyMap<string, ModuleUse>;
  readonly hasComponent: boolean;
  /** Why the file cannot be loaded, with file and line; `undefined` where it can, or where there is no transformer to tell. */
  readonly problem: string | undefined;
}

/** Reads each file once. */
export class ReadFiles {
  readonly #files = new Map<string, ReadFile>();

  read(path: string): ReadFile {
    let file = this.#files.get(path);
    if (file === undefined) {
      file = read(path);
      this.#files.set(path, file);
    }
    return file;
  }
}

function read(path: string): ReadFile {
  const source = readFileSync(path, 'utf8').replace(/^\ufeff/, '');
  const tokens = tokenize(source);
  const imports = moduleImports(tokens);
  const written = moduleUses(source, tokens, imports);
  try {
    const components = componentsIn(source, tokens, path);
    const { code } = toJavaScript(toTypeScript(source, path, tokens, components), path, path);
    const output = tokenize(code);
    const left = moduleImports(output);
    const uses = new Map<string, ModuleUse>();
    for (const [module, use] of moduleUses(code, output, left)) {
      uses.set(module, { ...use, line: written.get(module)?.line ?? use.line });
    }
    return { imports: left, uses, hasComponent: components.length > 0, problem: undefined };
  } catch (error) {
    const { code, message } = error as Error & { code?: string };
    if (!code?.startsWith('ERR_ARKTS_')) throw error;
    const problem = code === 'ERR_ARKTS_TRANSFORMER' ? undefined : message;
    return { imports, uses: written, hasComponent: /\bstruct\s+\w+\s*\{/u.test(source), problem };
  }
}
