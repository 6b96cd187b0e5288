// The module `BuildProfile`, which hvigor writes for each module of a project: constants of the build, and the fields that
// build-profile.json5 adds (`buildProfileFields`).

import { join } from 'node:path';
import { isFile } from '../project-folders.ts';
import { projectError } from './errors.ts';
import { type JsonObject, type JsonValue, objectOf, objectsOf, readJson5, textOf } from './json5.ts';
import type { HarmonyConfig } from './options.ts';
import type { Packages } from './packages.ts';

type Constant = string | number | boolean;

/** The constants, by name, that `BuildProfile` has in a module. */
export function buildProfile(packages: Packages, module: string, config: HarmonyConfig): Map<string, Constant> {
  const [product = 'default', target = 'default', mode = 'debug'] = [config.product, config.target, config.buildMode];
  const project = packages.project(module);
  const app = objectOf(project?.profile.value.app);
  const products = objectsOf(app.products);
  const chosen = products.find(({ name }) => name === product) ?? {};
  if (config.product !== undefined && project !== undefined && products.every(({ name }) => name !== product)) {
    const where = project.profile.where('app', 'products');
    const known = products.map(({ name }) => name).join(', ') || 'none';
    throw projectError(
      'ERR_PROJECT_FILE',
      where,
      `there is no product "${product}", which harmony.config names`,
      `the products are: ${known}`,
    );
  }
  const own = optional(join(module, 'build-profile.json5'));
  const named = (list: JsonValue | undefined, name: string) => objectsOf(list).find((one) => one.name === name) ?? {};
  const ownTarget = named(own.targets, target);
  // Those of a later place count.
  const fields = [
    objectOf(named(app.buildModeSet, mode).buildOption),
    objectOf(chosen.buildOption),
    objectOf(own.buildOption),
    named(own.buildOptionSet, mode),
    objectOf(objectOf(ownTarget.config).buildOption),
    ownTarget,
  ].flatMap((option) => Object.entries(objectOf(objectOf(option.arkOptions).buildProfileFields)));
  const standard = isHar(module) ? ofHar(packages, module) : ofApp(project?.folder, chosen);
  return new Map<string, Constant>([
    ...standard,
    ['TARGET_NAME', target],
    ...(isHar(module) ? [] : ([['PRODUCT_NAME', product]] as const)),
    ['BUILD_MODE_NAME', mode],
    ['DEBUG', mode !== 'release'],
    ...fields.filter(isConstant),
  ]);
}

/** A module of JavaScript with these constants, each by its name, and all in the class that is the default export. */
export function buildProfileText(constants: ReadonlyMap<string, Constant>): string {
  const lines = [...constants].map(([name, value]) => `export const ${name} = ${JSON.stringify(value)};`);
  const members = [...constants.keys()].map((name) => `static ${name} = ${name};`);
  return `${lines.join('\n')}\nexport default class BuildProfile { ${members.join(' ')} }\n`;
}

/** Whether a field can be a constant; hvigor refuses others. */
function isConstant(field: readonly [string, JsonValue | undefined]): field is [string, Constant] {
  return /^[A-Za-z_$][\w$]*$/.test(field[0]) && ['string', 'number', 'boolean'].includes(typeof field[1]);
}

function ofApp(root: string | undefined, product: JsonObject): [string, Constant][] {
  const app = root === undefined ? {} : objectOf(optional(join(root, 'AppScope/app.json5')).app);
  const { bundleName, bundleType, versionCode, versionName } = { ...app, ...product };
  return [
    ['BUNDLE_NAME', textOf(bundleName) ?? ''],
    ['BUNDLE_TYPE', textOf(bundleType) ?? 'app'],
    ['VERSION_CODE', typeof versionCode === 'number' ? versionCode : 1],
    ['VERSION_NAME', textOf(versionName) ?? ''],
  ];
}

function ofHar(packages: Packages, module: string): [string, Constant][] {
  return [['HAR_VERSION', packages.at(module)?.version ?? '']];
}

function isHar(module: string): boolean {
  return objectOf(optional(join(module, 'src/main/module.json5')).module).type === 'har';
}

/** The object in a file; an empty one where there is no file. */
function optional(path: string): JsonObject {
  return isFile(path) ? readJson5(path).value : {};
}
