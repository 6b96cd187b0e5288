// The part of `@kit.AbilityKit` that networking code passes around: contexts, the base classes of abilities, constants, and
// the application's own name and version.

import type { AsyncCallback } from '../host.ts';
import type * as base from './abilities.ts';
import * as ofAbility from './ability-contexts.ts';
import { type BundleInfo, bundleFlags, bundleInfoForSelf, bundleInfoLater } from './bundle-manager.ts';
import { abilityConstants, configurationConstants, contextConstants, type ValueOf } from './constants.ts';
import * as contexts from './contexts.ts';
import type { EventHub as Hub } from './event-hub.ts';
import type * as types from './types.ts';

export { Ability, AbilityStage, UIAbility } from './abilities.ts';
export type { ResourceManager } from './resource-manager.ts';
export type { ApplicationStateChangeCallback, Configuration, EnvironmentCallback, Resource, Want } from './types.ts';
/** The base of the contexts of applications, modules and abilities. */
export type Context = contexts.Context;

/** Types of contexts. There is nothing in it at run time. */
export const common = Object.freeze({});
export declare namespace common {
  /** The base of all contexts. */
  export type BaseContext = contexts.BaseContext;
  /** A context of an application or a module. */
  export type Context = contexts.Context;
  /** The context of the application. */
  export type ApplicationContext = contexts.ApplicationContext;
  /** The context of a module. */
  export type AbilityStageContext = ofAbility.AbilityStageContext;
  /** The context of an ability. */
  export type UIAbilityContext = ofAbility.UIAbilityContext;
  /** Events of a context. */
  export type EventHub = Hub;
}

/** Why an ability begins and ends. */
export const AbilityConstant = abilityConstants;
export declare namespace AbilityConstant {
  /** Why an ability begins. */
  export type LaunchParam = base.LaunchParam;
  /** The number of a reason to begin. */
  export type LaunchReason = ValueOf<typeof abilityConstants.LaunchReason>;
  /** The number of a reason to end. */
  export type LastExitReason = ValueOf<typeof abilityConstants.LastExitReason>;
  /** The number of an answer of `onContinue`. */
  export type OnContinueResult = ValueOf<typeof abilityConstants.OnContinueResult>;
  /** The number of a level of memory. */
  export type MemoryLevel = ValueOf<typeof abilityConstants.MemoryLevel>;
  /** The number of a mode of a window. */
  export type WindowMode = ValueOf<typeof abilityConstants.WindowMode>;
  /** The number of an answer of `onSaveState`. */
  export type OnSaveResult = ValueOf<typeof abilityConstants.OnSaveResult>;
  /** The number of a reason to save the state. */
  export type StateType = ValueOf<typeof abilityConstants.StateType>;
  /** The number of a state of continuation. */
  export type ContinueState = ValueOf<typeof abilityConstants.ContinueState>;
  /** The number of an answer of `onCollaborate`. */
  export type CollaborateResult = ValueOf<typeof abilityConstants.CollaborateResult>;
  /** The number of an answer of `onPrepareTermination`. */
  export type PrepareTermination = ValueOf<typeof abilityConstants.PrepareTermination>;
}

/** Values of a `Configuration`. */
export const ConfigurationConstant = configurationConstants;
export declare namespace ConfigurationConstant {
  /** The number of a mode of colours. */
  export type ColorMode = ValueOf<typeof configurationConstants.ColorMode>;
  /** The number of a direction. */
  export type Direction = ValueOf<typeof configurationConstants.Direction>;
  /** The number of a density. */
  export type ScreenDensity = ValueOf<typeof configurationConstants.ScreenDensity>;
}

/** Values of contexts. */
export const contextConstant = contextConstants;
export declare namespace contextConstant {
  /** The number of an encryption of files. */
  export type AreaMode = ValueOf<typeof contextConstants.AreaMode>;
  /** The number of a kind of context. */
  export type ContextType = ValueOf<typeof contextConstants.ContextType>;
  /** The number of a mode of a process. */
  export type ProcessMode = ValueOf<typeof contextConstants.ProcessMode>;
  /** The number of a scenario. */
  export type Scenarios = ValueOf<typeof contextConstants.Scenarios>;
  /** The number of a visibility. */
  export type StartupVisibility = ValueOf<typeof contextConstants.StartupVisibility>;
}

/** The application's context. */
export const application = {
  /** The context of the application. */
  getApplicationContext(): contexts.ApplicationContext {
    return contexts.applicationContext();
  },
  /** A context of a module. @throws BusinessError (rejects) 401 for what is not a text */
  async createModuleContext(context: contexts.Context, moduleName: string): Promise<contexts.Context> {
    return context.createModuleContext(moduleName);
  },
};

interface BundleManager {
  /** Parts of the information on an application, by name. */
  readonly BundleFlag: typeof bundleFlags;
  /** What is known of this application. @throws BusinessError 401 for what is not a number */
  getBundleInfoForSelfSync(bundleFlags: number): BundleInfo;
  /** What is known of this application. @throws BusinessError 401 for what is not a number */
  getBundleInfoForSelf(bundleFlags: number, callback: AsyncCallback<BundleInfo>): void;
  /** What is known of this application. @throws BusinessError 401 for what is not a number */
  getBundleInfoForSelf(bundleFlags: number): Promise<BundleInfo>;
}

/** The application's own name and version. Its other members are absent. */
export const bundleManager: BundleManager = {
  BundleFlag: bundleFlags,
  getBundleInfoForSelfSync: bundleInfoForSelf,
  getBundleInfoForSelf: bundleInfoLater,
};
export declare namespace bundleManager {
  /** The number of a part of the information. */
  export type BundleFlag = ValueOf<typeof bundleFlags>;
  /** What is known of an application. */
  export type BundleInfo = BundleInfoOf;
  /** What is known of an application. */
  export type ApplicationInfo = types.ApplicationInfo;
  /** What is known of a module. */
  export type HapModuleInfo = types.HapModuleInfo;
}
type BundleInfoOf = BundleInfo;

/** The context of the ability that runs, as ArkUI's global function of this name returns it. */
export function getContext(_component?: object): contexts.Context {
  return ofAbility.abilityContext();
}
