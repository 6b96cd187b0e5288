// The contexts that networking code passes around: of the application and of its modules. Their values come from `configure`.

import { type AsyncCallback, BusinessError, later, reportUncaught, watchDevice } from '../host.ts';
import { application, applicationInfo, codeFolder, configuration, folderOf, resourceFolder } from './application.ts';
import { type AreaMode, type ContextType, contextConstants } from './constants.ts';
import { EventHub } from './event-hub.ts';
import { ResourceManager } from './resource-manager.ts';
import type { ApplicationInfo, ApplicationStateChangeCallback, EnvironmentCallback } from './types.ts';

const { AreaMode: areas, ContextType: kinds } = contextConstants;
/** The base of all contexts. */
export class BaseContext {
  /**
   * Whether the application has the stage model.
   * Off the device: `true`.
   */
  stageMode: boolean = true;
}

/** A context: folders, resources and events of an application or a module. */
export class Context extends BaseContext {
  /** How files are encrypted: it chooses the folders. Default EL2. */
  area: AreaMode = areas.EL2;
  /** Events between the parts of a program that have this context. */
  readonly eventHub: EventHub = new EventHub();
  readonly #moduleName: string | undefined;
  readonly #kind: ContextType | undefined;

  /**
   * Programs do not make contexts.
   *
   * @param moduleName  the module; absent: the application
   * @param kind        what `isContextOf` answers
   */
  constructor(moduleName?: string, kind?: ContextType) {
    super();
    this.#moduleName = moduleName;
    this.#kind = kind;
  }

  /** Texts and files of the module. */
  get resourceManager(): ResourceManager {
    return new ResourceManager(this.#moduleName ?? '');
  }

  /** What is known of the application. */
  get applicationInfo(): ApplicationInfo {
    return applicationInfo();
  }

  /**
   * Folder of files that the system may remove.
   * Off the device: below `folder` of `configure`.
   */
  get cacheDir(): string {
    return folderOf('cacheDir', this.area, this.#moduleName);
  }

  /**
   * Folder of files that last while the application runs.
   * Off the device: below `folder` of `configure`.
   */
  get tempDir(): string {
    return folderOf('tempDir', this.area, this.#moduleName);
  }

  /**
   * Folder of files.
   * Off the device: below `folder` of `configure`.
   */
  get filesDir(): string {
    return folderOf('filesDir', this.area, this.#moduleName);
  }

  /**
   * Folder of databases.
   * Off the device: below `folder` of `configure`.
   */
  get databaseDir(): string {
    return folderOf('databaseDir', this.area, this.#moduleName);
  }

  /**
   * Folder of preferences.
   * Off the device: below `folder` of `configure`; preferences have their own setting.
   */
  get preferencesDir(): string {
    return folderOf('preferencesDir', this.area, this.#moduleName);
  }

  /**
   * Folder of files on several devices.
   * Off the device: below `folder` of `configure`.
   */
  get distributedFilesDir(): string {
    return folderOf('distributedFilesDir', this.area, this.#moduleName);
  }

  /**
   * Folder of files in the cloud.
   * Off the device: below `folder` of `configure`.
   */
  get cloudFileDir(): string {
    return folderOf('cloudFileDir', this.area, this.#moduleName);
  }

  /**
   * Folder of log files.
   * Off the device: below `folder` of `configure`.
   */
  get logFileDir(): string {
    return folderOf('logFileDir', this.area, this.#moduleName);
  }

  /**
   * Folder of the application's code.
   * Off the device: below `folder` of `configure`.
   */
  get bundleCodeDir(): string {
    return codeFolder();
  }

  /**
   * Folder of the module's `resfile`.
   * Off the device: below `folder` of `configure`.
   */
  get resourceDir(): string {
    return resourceFolder(this.#moduleName ?? application().moduleName);
  }

  /**
   * Name of the process.
   * Off the device: that of the application.
   */
  get processName(): string {
    return application().bundleName;
  }

  /** The context of the application. */
  getApplicationContext(): ApplicationContext {
    return theApplication;
  }

  /** A context of another module. @throws BusinessError 401 for what is not a text */
  createModuleContext(moduleName: string): Context {
    if (typeof moduleName !== 'string') throw parameterError();
    return new Context(moduleName);
  }

  /** The same context with another encryption. */
  createAreaModeContext(areaMode: AreaMode): Context {
    const context = new Context(this.#moduleName);
    context.area = areaMode;
    return context;
  }

  /**
   * Folder of a group of applications.
   * Off the device: there is no group. The result is `null`.
   *
   * @throws BusinessError 401
   */
  getGroupDir(dataGroupID: string, callback: AsyncCallback<string>): void;
  /**
   * Folder of a group of applications.
   * Off the device: there is no group. The result is `null`.
   *
   * @throws BusinessError 401
   */
  getGroupDir(dataGroupID: string): Promise<string>;
  getGroupDir(dataGroupID: string, callback?: AsyncCallback<string>): Promise<string> | undefined {
    if (typeof dataGroupID !== 'string') throw parameterError();
    if (callback === undefined) return Promise.resolve(null as never);
    if (typeof callback !== 'function') throw parameterError();
    later(() => callback(undefined as never, null as never));
    return undefined;
  }

  /** Whether it is a context of a kind. */
  isContextOf(type: ContextType): boolean {
    return type === this.#kind;
  }
}

/** The context of the application. */
export class ApplicationContext extends Context {
  readonly #state = new Set<ApplicationStateChangeCallback>();
  readonly #environment = new Map<number, EnvironmentCallback>();
  #callbacks = 0;

  constructor() {
    super(undefined, kinds.APPLICATION_CONTEXT);
  }

  /** Calls back when the application comes to the foreground or leaves it. @throws BusinessError 401 */
  on(type: 'applicationStateChange', callback: ApplicationStateChangeCallback): void;
  /** Calls back when the configuration has changed. @returns for `off` @throws BusinessError 401 */
  on(type: 'environment', callback: EnvironmentCallback): number;
  /**
   * Calls back when an ability begins or ends.
   * Off the device: an ability neither begins nor ends by itself, and nothing is called; the other two types have their calls
   * when `configure` sets another `state` or `language`.
   *
   * @returns for `off`
   * @throws BusinessError 401
   */
  on(type: 'abilityLifecycle', callback: object): number;
  on(type: string, callback: object): unknown {
    if (typeof callback !== 'object' || callback === null) throw parameterError();
    if (type === 'applicationStateChange') {
      this.#state.add(callback as ApplicationStateChangeCallback);
      return undefined;
    }
    if (type !== 'environment' && type !== 'abilityLifecycle') throw parameterError();
    const id = this.#callbacks++;
    if (type === 'environment') this.#environment.set(id, callback as EnvironmentCallback);
    return id;
  }

  /** Removes one callback, or all. */
  off(type: 'applicationStateChange', callback?: ApplicationStateChangeCallback): void;
  /** Removes a callback. */
  off(type: 'environment' | 'abilityLifecycle', callbackId: number, callback: AsyncCallback<void>): void;
  /** Removes a callback. */
  off(type: 'environment' | 'abilityLifecycle', callbackId: number): Promise<void>;
  off(type: string, which?: unknown, callback?: AsyncCallback<void>): unknown {
    if (type === 'applicationStateChange') {
      if (which === undefined) this.#state.clear();
      else this.#state.delete(which as ApplicationStateChangeCallback);
      return undefined;
    }
    if ((type !== 'environment' && type !== 'abilityLifecycle') || typeof which !== 'number') throw parameterError();
    this.#environment.delete(which);
    if (callback === undefined) return Promise.resolve();
    later(() => callback(undefined as never, undefined));
    return undefined;
  }

  /** @internal Tells its callbacks of settings that have changed. */
  static changed(context: ApplicationContext, before: ReturnType<typeof application>): void {
    const now = application();
    if (now.state !== before.state) {
      for (const callback of [...context.#state]) {
        if (now.state === 'foreground') call(() => callback.onApplicationForeground());
        else call(() => callback.onApplicationBackground());
      }
    }
    if (now.language !== before.language) {
      for (const callback of [...context.#environment.values()]) {
        call(() => callback.onConfigurationUpdated(configuration()));
      }
    }
  }
}

const theApplication = new ApplicationContext();

/** The context of the application. */
export function applicationContext(): ApplicationContext {
  return theApplication;
}

let before = application();
watchDevice(() => {
  const previous = before;
  before = application();
  ApplicationContext.changed(theApplication, previous);
});

function call(callback: () => void): void {
  try {
    callback();
  } catch (error) {
    reportUncaught(error);
  }
}

function parameterError(): BusinessError {
  return new BusinessError(
    401,
    'Parameter error. Possible causes: 1.Mandatory parameters are left unspecified. 2.Incorrect parameter types.',
  );
}
