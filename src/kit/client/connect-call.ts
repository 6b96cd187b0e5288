// The arguments of the client's `connect` (kit specification §3.2). The options themselves are read elsewhere.

import { businessError } from '../business-error.ts';
import { described } from '../described.ts';

/** A call of `connect` whose arguments have the right types. */
export interface ConnectCall {
  readonly url: string;
  /** As given; an empty object without options. */
  readonly options: object;
}

/**
 * Checks the arguments: `(url)`, `(url, callback)`, `(url, options)`, `(url, options, callback)`.
 *
 * @throws BusinessError 401 for other arguments
 */
export function connectCall(args: readonly unknown[]): ConnectCall {
  const [url, second, third] = args;
  if (typeof url !== 'string') {
    throw businessError(
      'parameter',
      `the url of connect is ${described(url)}; expected a string such as "ws://host/path"`,
    );
  }
  if (args.length > 3) {
    throw businessError(
      'parameter',
      `connect got ${args.length} arguments; expected at most a url, options and a callback`,
    );
  }
  if (args.length === 3 && typeof third !== 'function') {
    throw businessError(
      'parameter',
      `the third argument of connect is ${described(third)}; expected a callback function`,
    );
  }
  const mayBeAbsent = args.length < 3;
  if (mayBeAbsent && (second === undefined || typeof second === 'function')) return { url, options: {} };
  if (typeof second !== 'object' || second === null) {
    throw businessError(
      'parameter',
      `the options of connect are ${described(second)}; expected an object or a callback`,
    );
  }
  return { url, options: second };
}
