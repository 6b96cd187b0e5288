// `@kit.AbilityKit`: contexts, base classes and constants, and the kit's other names, which are `undefined`.
//
// Types that networking code imports by name exist at run time too, with the value `undefined`: see ohos-base.ts.

import type * as kit from '../../kits/ability/index.ts';
import { absent } from './absent.ts';

export {
  Ability,
  AbilityConstant,
  AbilityStage,
  application,
  bundleManager,
  ConfigurationConstant,
  common,
  contextConstant,
  UIAbility,
} from '../../kits/ability/index.ts';

export type ApplicationStateChangeCallback = kit.ApplicationStateChangeCallback;
export const ApplicationStateChangeCallback = undefined;

export type Configuration = kit.Configuration;
export const Configuration = undefined;

export type Context = kit.Context;
export const Context = undefined;

export type EnvironmentCallback = kit.EnvironmentCallback;
export const EnvironmentCallback = undefined;

/** Name of a permission, such as `ohos.permission.INTERNET`. */
export type Permissions = string;
export const Permissions = undefined;

export type Want = kit.Want;
export const Want = undefined;

export const AbilityLifecycleCallback = absent;
export const ActionExtensionAbility = absent;
export const AppServiceExtensionAbility = absent;
export const AtomicServiceOptions = absent;
export const AutoFillExtensionAbility = absent;
export const BundleStatusCallback = absent;
export const Callee = absent;
export const CalleeCallback = absent;
export const Caller = absent;
export const CheckPackageHasInstalledOptions = absent;
export const CheckPackageHasInstalledResponse = absent;
export const ChildProcess = absent;
export const ChildProcessArgs = absent;
export const ChildProcessOptions = absent;
export const CompletionHandler = absent;
export const CompletionHandlerForAtomicService = absent;
export const EmbeddableUIAbility = absent;
export const EmbeddedUIExtensionAbility = absent;
export const ErrorCode = absent;
export const ExtensionAbility = absent;
export const InsightIntentContext = absent;
export const InsightIntentEntity = absent;
export const InsightIntentEntry = absent;
export const InsightIntentEntryExecutor = absent;
export const InsightIntentExecutor = absent;
export const InsightIntentForm = absent;
export const InsightIntentFunction = absent;
export const InsightIntentFunctionMethod = absent;
export const InsightIntentLink = absent;
export const InsightIntentPage = absent;
export const LinkParamCategory = absent;
export const OnReleaseCallback = absent;
export const OnRemoteStateChangeCallback = absent;
export const OpenLinkOptions = absent;
export const Package = absent;
export const PermissionRequestResult = absent;
export const PhotoEditorExtensionAbility = absent;
export const ServiceExtensionAbility = absent;
export const ShareExtensionAbility = absent;
export const StartOptions = absent;
export const StartupConfig = absent;
export const StartupConfigEntry = absent;
export const StartupListener = absent;
export const StartupTask = absent;
export const UIExtensionAbility = absent;
export const UIExtensionContentSession = absent;
export const UIServiceExtensionAbility = absent;
export const WantAgent = absent;
export const ability = absent;
export const abilityAccessCtrl = absent;
export const abilityManager = absent;
export const appControl = absent;
export const appDomainVerify = absent;
export const appManager = absent;
export const appRecovery = absent;
export const autoFillManager = absent;
export const autoStartupManager = absent;
export const bundle = absent;
export const bundleMonitor = absent;
export const bundleResourceManager = absent;
export const businessAbilityRouter = absent;
export const childProcessManager = absent;
export const continuationManager = absent;
export const continueManager = absent;
export const dataUriUtils = absent;
export const defaultAppManager = absent;
export const dialogRequest = absent;
export const dialogSession = absent;
export const distributedBundle = absent;
export const distributedBundleManager = absent;
export const distributedMissionManager = absent;
export const errorManager = absent;
export const featureAbility = absent;
export const freeInstall = absent;
export const innerBundleManager = absent;
export const insightIntent = absent;
export const insightIntentDriver = absent;
export const installer = absent;
export const kioskManager = absent;
export const launcherBundleManager = absent;
export const missionManager = absent;
export const overlay = absent;
export const particleAbility = absent;
export const privacyManager = absent;
export const quickFixManager = absent;
export const screenLockFileManager = absent;
export const sendableContextManager = absent;
export const shortcutManager = absent;
export const startupManager = absent;
export const uriPermissionManager = absent;
export const verticalPanelManager = absent;
export const wantAgent = absent;
export const wantConstant = absent;
