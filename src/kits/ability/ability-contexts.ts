// The contexts of a module and of an ability. What needs a screen, or another application, fails with 801.

import { type AsyncCallback, BusinessError, later } from '../host.ts';
import { abilityInfo, application, configuration, hapModuleInfo } from './application.ts';
import { contextConstants } from './constants.ts';
import { Context } from './contexts.ts';
import type { AbilityInfo, Configuration, HapModuleInfo, Want } from './types.ts';

const { ContextType: kinds } = contextConstants;
/** The context of a module while the application starts. */
export class AbilityStageContext extends Context {
  constructor(moduleName: string) {
    super(moduleName, kinds.ABILITY_STAGE_CONTEXT);
  }

  /** The module. */
  get currentHapModuleInfo(): HapModuleInfo {
    return hapModuleInfo(application().moduleName);
  }

  /** The configuration. */
  get config(): Configuration {
    return configuration();
  }
}

/** The context of an ability. */
export class UIAbilityContext extends Context {
  constructor(moduleName: string) {
    super(moduleName, kinds.UIABILITY_CONTEXT);
  }

  /** The ability. */
  get abilityInfo(): AbilityInfo {
    return abilityInfo();
  }

  /** The module. */
  get currentHapModuleInfo(): HapModuleInfo {
    return hapModuleInfo(application().moduleName);
  }

  /** The configuration. */
  get config(): Configuration {
    return configuration();
  }

  /**
   * Starts an ability.
   * Off the device: not supported.
   *
   * @throws BusinessError 801 to the callback
   */
  startAbility(want: Want, callback: AsyncCallback<void>): void;
  /**
   * Starts an ability.
   * Off the device: not supported.
   *
   * @throws BusinessError 801 to the callback
   */
  startAbility(want: Want, options: object, callback: AsyncCallback<void>): void;
  /**
   * Starts an ability.
   * Off the device: not supported.
   *
   * @throws BusinessError (rejects) 801
   */
  startAbility(want: Want, options?: object): Promise<void>;
  startAbility(...args: unknown[]): Promise<void> | undefined {
    return unsupported(args);
  }

  /**
   * Ends the ability.
   * Off the device: not supported.
   *
   * @throws BusinessError 801 to the callback
   */
  terminateSelf(callback: AsyncCallback<void>): void;
  /**
   * Ends the ability.
   * Off the device: not supported.
   *
   * @throws BusinessError (rejects) 801
   */
  terminateSelf(): Promise<void>;
  terminateSelf(...args: unknown[]): Promise<void> | undefined {
    return unsupported(args);
  }

  /**
   * Opens a link in another application.
   * Off the device: not supported.
   *
   * @throws BusinessError (rejects) 801
   */
  openLink(_link: string, _options?: object): Promise<void> {
    return unsupported([]) as Promise<void>;
  }
}

/** By the name of the module: there is one ability. */
const abilities = new Map<string, UIAbilityContext>();

/** The context of the ability that runs. */
export function abilityContext(): UIAbilityContext {
  const { moduleName } = application();
  const known = abilities.get(moduleName) ?? new UIAbilityContext(moduleName);
  abilities.set(moduleName, known);
  return known;
}

/** @returns a Promise where the last argument is not a callback */
function unsupported(args: readonly unknown[]): Promise<void> | undefined {
  const error = new BusinessError(801, 'Capability not supported.');
  const callback = args.at(-1);
  if (typeof callback !== 'function') return Promise.reject(error);
  later(() => callback(error, undefined));
  return undefined;
}
