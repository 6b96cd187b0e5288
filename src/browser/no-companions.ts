// Companions of `webSocket` that need Node, in a page: they are `undefined`, like names that this package does not have. For
// bundlers that build for a page, package.json puts this file in the place of theirs.

const absent = undefined;

export {
  absent as default,
  absent as Ability,
  absent as AbilityConstant,
  absent as AbilityStage,
  absent as application,
  absent as batteryInfo,
  absent as buffer,
  absent as bundleManager,
  absent as common,
  absent as ConfigurationConstant,
  absent as connection,
  absent as contextConstant,
  absent as deviceInfo,
  absent as emitter,
  absent as fastbuffer,
  absent as getContext,
  absent as hiAppEvent,
  absent as hiTraceChain,
  absent as hiTraceMeter,
  absent as http,
  absent as preferences,
  absent as systemDateTime,
  absent as taskpool,
  absent as ThreadWorkerPriority,
  absent as UIAbility,
  absent as util,
  absent as worker,
};
