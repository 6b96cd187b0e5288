// Checks ArkTS files as the SDK does: by its TypeScript, and by its list of what ArkTS leaves out of TypeScript (no `any`, no
// structural typing, …). The kits have the declarations of this package, which dist/ must have.

import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('.', import.meta.url));
const top = join(folder, '../..');

interface Diagnostic {
  readonly file?: { readonly fileName: string; getLineAndCharacterOfPosition(at: number): { line: number } };
  readonly start?: number;
  /** 0: a warning, such as that a function may throw. 1: an error. */
  readonly category: number;
  readonly messageText: unknown;
}

/** What is used of the SDK's TypeScript. Its own declarations are for an older compiler than ours. */
interface SdkTypeScript {
  readonly ScriptTarget: { readonly ES2021: number };
  readonly ModuleKind: { readonly ES2020: number };
  readonly ModuleResolutionKind: { readonly NodeJs: number };
  readonly ArkTSLinter_1_1: {
    runArkTSLinter(program: object, file: undefined, write: undefined, version: string): readonly Diagnostic[];
  };
  createIncrementalCompilerHost(options: object): object;
  createIncrementalProgram(settings: object): {
    getProgram(): {
      getSyntacticDiagnostics(): readonly Diagnostic[];
      getSemanticDiagnostics(): readonly Diagnostic[];
    };
  };
  flattenDiagnosticMessageText(text: unknown, newLine: string): string;
}

/** ArkUI is not checked: there is none of it. */
const noArkUi = {
  components: [],
  extend: { components: [], decorator: [] },
  libs: [],
  propertyDecorators: [],
  emitDecorators: [],
  render: { decorator: [], method: [] },
  styles: { component: '', decorator: [], property: '' },
  syntaxComponents: { attrUICallback: [], paramsUICallback: [] },
};

/**
 * @param files  paths of `.ets` files
 * @returns a line for each error, such as `Index.ets:4 Use explicit types … (arkts-no-any-unknown)`
 */
export function checkArkts(files: readonly string[]): string[] {
  const ts = createRequire(import.meta.url)('typescript') as SdkTypeScript;
  const options = {
    baseUrl: folder,
    ets: noArkUi,
    lib: ['lib.es2021.d.ts'],
    module: ts.ModuleKind.ES2020,
    moduleResolution: ts.ModuleResolutionKind.NodeJs,
    noEmit: true,
    paths: {
      '@kit.ArkTS': ['kits/arkts'],
      '@kit.BasicServicesKit': ['kits/basic-services-kit'],
      '@kit.NetworkKit': ['kits/network-kit'],
    },
    skipLibCheck: true,
    strict: true,
    target: ts.ScriptTarget.ES2021,
    types: [],
  };
  const program = ts.createIncrementalProgram({
    host: ts.createIncrementalCompilerHost(options),
    options,
    rootNames: [...files, join(top, 'src/reconnect/globals.d.ts')],
  });
  const compiled = program.getProgram();
  const found = [
    ...compiled.getSyntacticDiagnostics(),
    ...compiled.getSemanticDiagnostics(),
    ...ts.ArkTSLinter_1_1.runArkTSLinter(program, undefined, undefined, 'ArkTS_1_1'),
  ];
  const errors = found.filter(({ category }) => category === 1);
  return errors.map(({ file, start, messageText }) => {
    const line = (file?.getLineAndCharacterOfPosition(start ?? 0).line ?? 0) + 1;
    return `${relative(top, file?.fileName ?? '')}:${line} ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
  });
}
