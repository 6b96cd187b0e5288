// The enums of `AbilityConstant`, `ConfigurationConstant` and `contextConstant`, as the SDK declares them.

/** `AbilityConstant`: why an ability begins and ends, and what its callbacks return. */
export const abilityConstants = {
  REASON_MESSAGE_DESKTOP_SHORTCUT: 'ReasonMessage_DesktopShortcut',
  LaunchReason: {
    UNKNOWN: 0,
    START_ABILITY: 1,
    CALL: 2,
    CONTINUATION: 3,
    APP_RECOVERY: 4,
    SHARE: 5,
    AUTO_STARTUP: 8,
    INSIGHT_INTENT: 9,
    PREPARE_CONTINUATION: 10,
    PRELOAD: 11,
  },
  LastExitReason: {
    UNKNOWN: 0,
    ABILITY_NOT_RESPONDING: 1,
    NORMAL: 2,
    CPP_CRASH: 3,
    JS_ERROR: 4,
    APP_FREEZE: 5,
    PERFORMANCE_CONTROL: 6,
    RESOURCE_CONTROL: 7,
    UPGRADE: 8,
    USER_REQUEST: 9,
    SIGNAL: 10,
  },
  OnContinueResult: { AGREE: 0, REJECT: 1, MISMATCH: 2 },
  MemoryLevel: { MEMORY_LEVEL_MODERATE: 0, MEMORY_LEVEL_LOW: 1, MEMORY_LEVEL_CRITICAL: 2 },
  WindowMode: {
    WINDOW_MODE_UNDEFINED: 0,
    WINDOW_MODE_FULLSCREEN: 1,
    WINDOW_MODE_SPLIT_PRIMARY: 100,
    WINDOW_MODE_SPLIT_SECONDARY: 101,
    WINDOW_MODE_FLOATING: 102,
  },
  OnSaveResult: {
    ALL_AGREE: 0,
    CONTINUATION_REJECT: 1,
    CONTINUATION_MISMATCH: 2,
    RECOVERY_AGREE: 3,
    RECOVERY_REJECT: 4,
    ALL_REJECT: 5,
  },
  StateType: { CONTINUATION: 0, APP_RECOVERY: 1 },
  ContinueState: { ACTIVE: 0, INACTIVE: 1 },
  CollaborateResult: { ACCEPT: 0, REJECT: 1 },
  PrepareTermination: { TERMINATE_IMMEDIATELY: 0, CANCEL: 1 },
} as const;

/** `ConfigurationConstant`: values of a `Configuration`. */
export const configurationConstants = {
  ColorMode: { COLOR_MODE_NOT_SET: -1, COLOR_MODE_DARK: 0, COLOR_MODE_LIGHT: 1 },
  Direction: { DIRECTION_NOT_SET: -1, DIRECTION_VERTICAL: 0, DIRECTION_HORIZONTAL: 1 },
  ScreenDensity: {
    SCREEN_DENSITY_NOT_SET: 0,
    SCREEN_DENSITY_SDPI: 120,
    SCREEN_DENSITY_MDPI: 160,
    SCREEN_DENSITY_LDPI: 240,
    SCREEN_DENSITY_XLDPI: 320,
    SCREEN_DENSITY_XXLDPI: 480,
    SCREEN_DENSITY_XXXLDPI: 640,
  },
} as const;

/** `contextConstant`: values of contexts. */
export const contextConstants = {
  AreaMode: { EL1: 0, EL2: 1, EL3: 2, EL4: 3, EL5: 4 },
  ProcessMode: {
    NEW_PROCESS_ATTACH_TO_PARENT: 1,
    NEW_PROCESS_ATTACH_TO_STATUS_BAR_ITEM: 2,
    ATTACH_TO_STATUS_BAR_ITEM: 3,
  },
  StartupVisibility: { STARTUP_HIDE: 0, STARTUP_SHOW: 1 },
  Scenarios: {
    SCENARIO_MOVE_MISSION_TO_FRONT: 1,
    SCENARIO_SHOW_ABILITY: 2,
    SCENARIO_BACK_TO_CALLER_ABILITY_WITH_RESULT: 4,
  },
  ContextType: {
    APPLICATION_CONTEXT: 0,
    ABILITY_STAGE_CONTEXT: 1,
    UIABILITY_CONTEXT: 2,
    FORM_EXTENSION_CONTEXT: 3,
    APP_SERVICE_EXTENSION_CONTEXT: 4,
  },
} as const;

/** The values of an enum. */
export type ValueOf<Enum> = Enum[keyof Enum];
/** How files are encrypted: 0 EL1 to 4 EL5. */
export type AreaMode = ValueOf<typeof contextConstants.AreaMode>;
/** Kind of a context. */
export type ContextType = ValueOf<typeof contextConstants.ContextType>;
