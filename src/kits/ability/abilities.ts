// The base classes of abilities. An application's ability can be made and its callbacks called in a test; nothing here calls
// them.

import { AbilityStageContext, abilityContext } from './ability-contexts.ts';
import { application } from './application.ts';
import type { abilityConstants, ValueOf } from './constants.ts';
import type { Configuration, Want } from './types.ts';

/** Why an ability begins. */
export interface LaunchParam {
  /** Why it begins. */
  launchReason: ValueOf<typeof abilityConstants.LaunchReason>;
  /** The same, in words. */
  launchReasonMessage?: string;
  /** Why it ended the last time. */
  lastExitReason: ValueOf<typeof abilityConstants.LastExitReason>;
  /** The same, in words. */
  lastExitMessage: string;
}

/** The base of abilities. */
export class Ability {
  /**
   * Called when the configuration has changed.
   * Off the device: a test may call it.
   */
  onConfigurationUpdate(_newConfig: Configuration): void {}
  /**
   * Called when memory is short.
   * Off the device: a test may call it.
   */
  onMemoryLevel(_level: ValueOf<typeof abilityConstants.MemoryLevel>): void {}
}

/** The base of abilities with a screen. */
export class UIAbility extends Ability {
  /** The context of the ability. */
  context = abilityContext();
  /**
   * What the ability was started with.
   * Off the device: the ability itself.
   */
  launchWant: Want = ownWant();
  /**
   * What the ability was asked for last.
   * Off the device: the ability itself.
   */
  lastRequestWant: Want = ownWant();

  /**
   * Called when the ability begins.
   * Off the device: a test may call it.
   */
  onCreate(_want: Want, _launchParam: LaunchParam): void {}
  /**
   * Called when the ability has a screen.
   * Off the device: a test may call it.
   */
  onWindowStageCreate(_windowStage: object): void {}
  /**
   * Called before the screen goes.
   * Off the device: a test may call it.
   */
  onWindowStageWillDestroy(_windowStage: object): void {}
  /**
   * Called when the screen is gone.
   * Off the device: a test may call it.
   */
  onWindowStageDestroy(): void {}
  /**
   * Called when the screen of another device is shown here.
   * Off the device: a test may call it.
   */
  onWindowStageRestore(_windowStage: object): void {}
  /**
   * Called when the ability ends.
   * Off the device: a test may call it.
   */
  onDestroy(): void | Promise<void> {}
  /**
   * Called before the ability comes to the foreground.
   * Off the device: a test may call it.
   */
  onWillForeground(): void {}
  /**
   * Called when the ability comes to the foreground.
   * Off the device: a test may call it.
   */
  onForeground(): void {}
  /**
   * Called when the ability has come to the foreground.
   * Off the device: a test may call it.
   */
  onDidForeground(): void {}
  /**
   * Called before the ability leaves the foreground.
   * Off the device: a test may call it.
   */
  onWillBackground(): void {}
  /**
   * Called when the ability leaves the foreground.
   * Off the device: a test may call it.
   */
  onBackground(): void {}
  /**
   * Called when the ability has left the foreground.
   * Off the device: a test may call it.
   */
  onDidBackground(): void {}
  /**
   * Called when the ability is asked for again.
   * Off the device: a test may call it.
   */
  onNewWant(_want: Want, _launchParam: LaunchParam): void {}
  /**
   * Called for a text that describes the state.
   * Off the device: a test may call it.
   */
  onDump(_params: Array<string>): Array<string> {
    return [];
  }
}

/** The base of what runs before the abilities of a module. */
export class AbilityStage {
  /** The context of the module. */
  context = new AbilityStageContext(application().moduleName);

  /**
   * Called before the first ability begins.
   * Off the device: a test may call it.
   */
  onCreate(): void {}
  /**
   * Called after the last ability has ended.
   * Off the device: a test may call it.
   */
  onDestroy(): void {}
  /**
   * Called for the key of an ability that is asked for.
   * Off the device: a test may call it.
   */
  onAcceptWant(_want: Want): string {
    return '';
  }
  /**
   * Called when the configuration has changed.
   * Off the device: a test may call it.
   */
  onConfigurationUpdate(_newConfig: Configuration): void {}
  /**
   * Called when memory is short.
   * Off the device: a test may call it.
   */
  onMemoryLevel(_level: ValueOf<typeof abilityConstants.MemoryLevel>): void {}
}

function ownWant(): Want {
  const { bundleName, moduleName, abilityName } = application();
  return { deviceId: '', bundleName, moduleName, abilityName, parameters: {} };
}
