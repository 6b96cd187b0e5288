// What `configure` says of the application, with defaults, and the folders that its contexts have.

import { deviceState, files } from '../host.ts';
import type { AreaMode } from './constants.ts';
import type { AbilityInfo, ApplicationInfo, Configuration, HapModuleInfo } from './types.ts';

/** The application, every value filled in. */
export function application() {
  const { bundleName, moduleName, abilityName, language, state, folder } = deviceState().application;
  return {
    bundleName: bundleName ?? 'com.example.application',
    moduleName: moduleName ?? 'entry',
    abilityName: abilityName ?? 'EntryAbility',
    language: language ?? 'en-US',
    state: state ?? 'foreground',
    folder,
  };
}

/** What is known of the application. */
export function applicationInfo(): ApplicationInfo {
  const { bundleName } = application();
  return {
    name: bundleName,
    process: bundleName,
    description: '',
    label: bundleName,
    enabled: true,
    debug: true,
    systemApp: false,
  };
}

/** What is known of a module. */
export function hapModuleInfo(moduleName: string): HapModuleInfo {
  return { name: moduleName, mainElementName: application().abilityName };
}

/** What is known of the ability that runs. */
export function abilityInfo(): AbilityInfo {
  const { bundleName, moduleName, abilityName } = application();
  return { bundleName, moduleName, name: abilityName, applicationInfo: applicationInfo() };
}

/** The configuration of a phone that is held upright. */
export function configuration(): Configuration {
  return {
    language: application().language,
    colorMode: 1,
    direction: 0,
    screenDensity: 480,
    displayId: 0,
    hasPointerDevice: false,
    fontSizeScale: 1,
    fontWeightScale: 1,
  };
}

/** Folders of contexts, by the names of their members, below `el1` to `el5`. */
const folders = {
  cacheDir: (module: string) => `base${module}/cache`,
  filesDir: (module: string) => `base${module}/files`,
  tempDir: (module: string) => `base${module}/temp`,
  preferencesDir: (module: string) => `base${module}/preferences`,
  databaseDir: (module: string) => `database${module.replace('/haps', '')}`,
  distributedFilesDir: () => 'distributedfiles',
  cloudFileDir: () => 'cloud',
  logFileDir: () => 'log',
};

/** The folder of a context. A real one is made. @param moduleName  absent: that of the application */
export function folderOf(member: keyof typeof folders, area: AreaMode, moduleName: string | undefined): string {
  return at(`el${area + 1}/${folders[member](moduleName === undefined ? '' : `/haps/${moduleName}`)}`);
}

/** The folder with the code of the application. */
export function codeFolder(): string {
  return at('el1/bundle');
}

/** The folder of files in `resfile`. */
export function resourceFolder(moduleName: string): string {
  return at(`el1/bundle/${moduleName}/resources/resfile`);
}

function at(path: string): string {
  const { folder } = application();
  if (folder === undefined) return `/data/storage/${path}`;
  return files.makeFolder(folder, path);
}
