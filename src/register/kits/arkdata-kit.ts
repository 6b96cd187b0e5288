// `@kit.ArkData`: `preferences`, and the kit's other names, which are `undefined`.

import type { preferences } from '../../kits/preferences/index.ts';
import { absent } from './absent.ts';

export { preferences } from '../../kits/preferences/index.ts';

export type ValueType = preferences.ValueType;
export const ValueType = undefined;

export const ContentFormCard = absent;
export const DataShareExtensionAbility = absent;
export const DataShareResultSet = absent;
export const DataType = absent;
export const FormType = absent;
export const ValuesBucket = absent;
export const cloudData = absent;
export const cloudExtension = absent;
export const commonType = absent;
export const dataAbility = absent;
export const dataShare = absent;
export const dataSharePredicates = absent;
export const distributedDataObject = absent;
export const distributedKVStore = absent;
export const intelligence = absent;
export const relationalStore = absent;
export const sendablePreferences = absent;
export const sendableRelationalStore = absent;
export const unifiedDataChannel = absent;
export const uniformDataStruct = absent;
export const uniformTypeDescriptor = absent;
