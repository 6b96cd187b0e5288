// The errors of `hiAppEvent`. The texts are those of a device.

import { BusinessError } from '../host.ts';

const table = {
  parameter: [
    401,
    'Parameter error. Possible causes: 1. Mandatory parameters are left unspecified; 2. Incorrect parameter types; ' +
      '3.Parameter verification failed.',
  ],
  disabled: [11100001, 'Function disabled. Possibly caused by the param disable in ConfigOption is true.'],
  domain: [11101001, 'Invalid event domain. Possible causes: 1. Contain invalid characters; 2. Length is invalid.'],
  name: [11101002, 'Invalid event name. Possible causes: 1. Contain invalid characters; 2. Length is invalid.'],
  paramCount: [11101003, 'Invalid number of event parameters. Possibly caused by the number of parameters is over 32.'],
  textLength: [11101004, 'Invalid string length of the event parameter.'],
  paramName: [
    11101005,
    'Invalid event parameter name. Possible causes: 1. Contain invalid characters; 2. Length is invalid.',
  ],
  arrayLength: [11101006, 'Invalid array length of the event parameter.'],
  customCount: [11101007, 'The number of parameter keys exceeds the limit.'],
  watcherName: [
    11102001,
    'Invalid watcher name. Possible causes: 1. Contain invalid characters; 2. Length is invalid.',
  ],
  filterDomain: [
    11102002,
    'Invalid filtering event domain. Possible causes: 1. Contain invalid characters; 2. Length is invalid.',
  ],
  row: [11102003, 'Invalid row value. Possibly caused by the row value is less than zero.'],
  size: [11102004, 'Invalid size value. Possibly caused by the size value is less than zero.'],
  timeout: [11102005, 'Invalid timeout value. Possibly caused by the timeout value is less than zero.'],
  maxStorage: [11103001, 'Invalid max storage quota value. Possibly caused by incorrectly formatted.'],
  packageSize: [11104001, 'Invalid size value. Possibly caused by the size value is less than or equal to zero.'],
  processorName: [
    11105001,
    'Invalid parameter value. Possible causes: 1. Incorrect parameter length; 2. Incorrect parameter format.',
  ],
} as const;

/** Makes an error of the module. */
export function eventError(kind: keyof typeof table): BusinessError {
  const [code, text] = table[kind];
  return new BusinessError(code, text);
}
