// What a project tells this package: the types of harmony.config.ts and of the options that the plugins take.

/** Modules that the project provides. */
export interface ProvideOptions {
  /**
   * Files that take the place of modules, for all imports but those of these files themselves. The name is a module
   * (`'@kit.MapKit'`, `'@ohos.net.http'`, `'libentry.so'`, `'@company/net'`) or the path of a file that begins with `./`, the
   * value is the path of an ArkTS, TypeScript or JavaScript file.
   *
   * Paths count from the folder of harmony.config.ts, in a plugin from the root of Vite or the working directory of esbuild. A
   * module of `@ohos.…` is also provided to the kit that re-exports it.
   */
  readonly provide?: Readonly<Record<string, string>>;
}

/** What harmony.config.ts exports as default, and what harmony.config.json5 contains. */
export interface HarmonyConfig extends ProvideOptions {
  /** The product of build-profile.json5 whose fields `BuildProfile` has; `'default'` if it is not given. */
  readonly product?: string;
  /** The target of the module whose fields `BuildProfile` has; `'default'` if it is not given. */
  readonly target?: string;
  /** `BUILD_MODE_NAME` of `BuildProfile`; `'debug'` if it is not given. `DEBUG` is false for `'release'`. */
  readonly buildMode?: string;
}
