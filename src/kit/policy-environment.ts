// The part of the policy that the environment sets under Node: HARMONY_WEBSOCKET_PROFILE is `standard` or `device`.

import { webSocketError } from '../core/errors.ts';
import type { PolicyParts } from './policy.ts';

/**
 * Reads the profile. A misspelt value is an error: the default would accept what a device refuses.
 *
 * @throws WebSocketError ERR_WS_OPTION for any other value
 */
export function policyOfEnvironment(environment: Readonly<Record<string, string | undefined>>): PolicyParts {
  const profile = environment.HARMONY_WEBSOCKET_PROFILE;
  if (profile === undefined || profile === '') return {};
  if (profile === 'standard' || profile === 'device') return { profile };
  throw webSocketError(
    'ERR_WS_OPTION',
    'environment variable HARMONY_WEBSOCKET_PROFILE',
    profile,
    'standard or device',
  );
}
