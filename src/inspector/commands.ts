// What an inspector answers to the commands of DevTools, which takes it for a page or a program. It has no code, no document and
// no storage: commands that switch something on or off do nothing, some get an empty answer that the front end needs, and all
// others the protocol's error. Nothing that DevTools sends is ever run.

/** Errors of JSON-RPC 2.0, which the protocol uses. */
export const RpcError = { parse: -32_700, invalidRequest: -32_600, methodNotFound: -32_601 } as const;

/** A command that has no answer. */
export class CommandError extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

type Result = Readonly<Record<string, unknown>>;

/** What the answers depend on. */
export interface Inspected {
  /** Of the inspector, in its URL. */
  readonly id: string;
  readonly title: string;
  readonly url: string;
  /** `harmony-websocket/1.0.0` */
  readonly product: string;
}

/** Names that only switch or tell something: `enable`, `setBreakpointsActive`, `clearBrowserCache`. */
const SWITCH = /^[A-Z]\w*\.(?:enable|disable|set[A-Z]|clear|configure|override|start|stop|discard)/;

const answers: ReadonlyMap<string, Result | ((inspected: Inspected) => Result)> = new Map<
  string,
  Result | ((inspected: Inspected) => Result)
>([
  ['Network.emulateNetworkConditionsByRule', { ruleIds: [] }],
  ['Network.searchInResponseBody', { result: [] }],
  ['Network.getCookies', { cookies: [] }],
  ['Network.getSecurityIsolationStatus', { status: {} }],
  ['Runtime.runIfWaitingForDebugger', {}],
  ['Runtime.addBinding', {}],
  ['Runtime.removeBinding', {}],
  ['Runtime.releaseObjectGroup', {}],
  ['Runtime.globalLexicalScopeNames', { names: [] }],
  ['Runtime.getIsolateId', ({ id }) => ({ id })],
  ['Debugger.enable', ({ id }) => ({ debuggerId: id })],
  ['DOMDebugger.getEventListeners', { listeners: [] }],
  ['Page.getResourceTree', ({ id, url }) => ({ frameTree: { frame: frameOf(id, url), resources: [] } })],
  ['Page.getFrameTree', ({ id, url }) => ({ frameTree: { frame: frameOf(id, url) } })],
  [
    'Page.getNavigationHistory',
    ({ url, title }) => ({
      currentIndex: 0,
      entries: [{ id: 0, url, userTypedURL: url, title, transitionType: 'other' }],
    }),
  ],
  ['Page.addScriptToEvaluateOnNewDocument', { identifier: '1' }],
  ['Page.removeScriptToEvaluateOnNewDocument', {}],
  ['Storage.getStorageKey', { storageKey: '' }],
  ['Target.getTargets', (inspected) => ({ targetInfos: [targetOf(inspected)] })],
  ['Target.getTargetInfo', (inspected) => ({ targetInfo: targetOf(inspected) })],
  ['Schema.getDomains', { domains: [{ name: 'Network', version: '1.3' }] }],
  [
    'Browser.getVersion',
    ({ product }) => ({ protocolVersion: '1.3', product, revision: '', userAgent: product, jsVersion: '' }),
  ],
]);

/**
 * Returns the answer to a command that needs no session.
 *
 * @throws CommandError for a command without an answer
 */
export function answerTo(method: string, inspected: Inspected): Result {
  const answer = answers.get(method);
  if (answer !== undefined) return typeof answer === 'function' ? answer(inspected) : answer;
  if (SWITCH.test(method)) return {};
  const name = /^[\w.]{1,100}$/.test(method) ? method : 'a command';
  throw new CommandError(
    RpcError.methodNotFound,
    `${name} has no answer: this inspector shows the WebSocket traffic of a server, and runs no code`,
  );
}

function targetOf({ id, title, url }: Inspected): Result {
  return { targetId: id, type: 'node', title, url, attached: true, canAccessOpener: false };
}

function frameOf(id: string, url: string): Result {
  return {
    id,
    loaderId: id,
    url,
    domainAndRegistry: '',
    securityOrigin: url,
    mimeType: 'text/plain',
    secureContextType: 'Secure',
    crossOriginIsolatedContextType: 'NotIsolated',
    gatedAPIFeatures: [],
  };
}
