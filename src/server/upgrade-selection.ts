// Which requests with an Upgrade field are upgrades, and which are served as HTTP as if the field were not there
// (RFC 9110 §7.8: a server may ignore it). Node calls all of them upgrades as soon as anybody listens for one; Java's
// HTTP client, for one, sends `Upgrade: h2c` with its first requests.

import {
  type Server as HttpServer,
  type IncomingMessage,
  IncomingMessage as NodeRequest,
  Server as NodeServer,
} from 'node:http';
import { equalsIgnoringCase, hasToken } from '../core/handshake/token.ts';

/** Whether a request offers to switch to WebSocket. It may offer other protocols besides. */
export function offersWebSocket(rawHeaders: readonly string[]): boolean {
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string;
    if (
      name.length === 7 &&
      equalsIgnoringCase(name, 'upgrade') &&
      hasToken(rawHeaders[index + 1] as string, 'websocket')
    )
      return true;
  }
  return false;
}

/** A server with what says it since Node 22.21 and 24.9; or, before, with the class of its requests. */
interface SelectingServer {
  shouldUpgradeCallback?: ((request: IncomingMessage) => boolean) | undefined;
  [requestClass: symbol]: unknown;
}

type RequestClass = new (...parameters: unknown[]) => IncomingMessage;

/**
 * Has `server` take an upgrade for an ordinary request unless `isWanted`. Where the runtime has no place for that, all
 * are upgrades as before.
 *
 * @returns a function that ends it
 */
export function selectUpgrades(server: HttpServer, isWanted: (request: IncomingMessage) => boolean): () => void {
  const selecting = server as unknown as SelectingServer;
  const inherited = selecting.shouldUpgradeCallback;
  if (typeof inherited === 'function') {
    const select = function (this: HttpServer, request: IncomingMessage): boolean {
      return (!isActive || isWanted(request)) && Reflect.apply(inherited, this, [request]);
    };
    let isActive = true;
    selecting.shouldUpgradeCallback = select;
    return () => {
      isActive = false;
      if (selecting.shouldUpgradeCallback === select) selecting.shouldUpgradeCallback = inherited;
    };
  }
  return selectByClass(selecting, isWanted);
}

const PARSED = Symbol('upgrade');

/** Where a server of these versions keeps the class of its requests; `undefined` where there is no such place. */
let classPlace: symbol | undefined;

/**
 * Node's parser notes in a request, `upgrade`, what it takes it for, and looks there when it has read the head. These
 * versions of Node change no more, so that what is used here below Node's interface stays.
 */
function selectByClass(server: SelectingServer, isWanted: (request: IncomingMessage) => boolean): () => void {
  classPlace ??= Object.getOwnPropertySymbols(new NodeServer()).find(isClassPlace);
  if (classPlace === undefined) return () => {};
  const place = classPlace;
  let given = server[place];
  let isActive = true;
  const select = (): RequestClass =>
    selectingClass((given ?? NodeRequest) as RequestClass, (request) => !isActive || isWanted(request));
  let selected = select();
  // A server of HTTP/2 that speaks HTTP/1 as well puts the class there anew for each connection.
  Object.defineProperty(server, place, {
    configurable: true,
    get: () => selected,
    set: (changed: unknown) => {
      if (changed === given || changed === selected) return;
      given = changed;
      selected = select();
    },
  });
  const ours = Object.getOwnPropertyDescriptor(server, place)?.get;
  return () => {
    isActive = false;
    if (Object.getOwnPropertyDescriptor(server, place)?.get !== ours) return;
    Object.defineProperty(server, place, { configurable: true, enumerable: true, writable: true, value: given });
  };
}

/** A class of requests that takes an upgrade for one only if it is wanted. */
function selectingClass(inherited: RequestClass, isWanted: (request: IncomingMessage) => boolean): RequestClass {
  const selecting = class extends inherited {
    [PARSED]: boolean | null = null;

    get upgrade(): boolean | null {
      const parsed = this[PARSED];
      return parsed === true && this.method !== 'CONNECT' ? isWanted(this) : parsed;
    }

    set upgrade(parsed: boolean | null) {
      this[PARSED] = parsed;
    }
  };
  Object.defineProperty(selecting, 'name', { value: inherited.name });
  return selecting;
}

function isClassPlace({ description }: symbol): boolean {
  return description === 'IncomingMessage';
}
