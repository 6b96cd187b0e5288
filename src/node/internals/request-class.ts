// The class of a server's requests, through which versions of Node before `shouldUpgradeCallback` are told what an upgrade
// is: Node's parser notes in `request.upgrade` what it takes a request for, and looks there when it has read the head.
// These versions of Node do not change any more.
//
// Detection: a new server has one property whose symbol is called `IncomingMessage` and holds a class of requests.
// Fallback: nothing is selected, and every request with an Upgrade field is an upgrade.

import type { Server as HttpServer, IncomingMessage } from 'node:http';
import { IncomingMessage as NodeRequest, NodeServer } from '../http.ts';

type RequestClass = new (...parameters: unknown[]) => IncomingMessage;

const PARSED = Symbol('upgrade');

/** `undefined`: not looked up yet. `null`: there is no such place. */
let classPlace: symbol | null | undefined;

function findClassPlace(): symbol | null {
  const server = new NodeServer();
  const place = Object.getOwnPropertySymbols(server).find(({ description }) => description === 'IncomingMessage');
  return place !== undefined && Reflect.get(server, place) === NodeRequest ? place : null;
}

/**
 * Has `server` take an upgrade request for an ordinary request unless `isWanted`.
 *
 * @returns a function that ends this; `undefined` where there is no such class, and nothing was done
 */
export function selectByClass(
  httpServer: HttpServer,
  isWanted: (request: IncomingMessage) => boolean,
): (() => void) | undefined {
  classPlace ??= findClassPlace();
  if (classPlace === null) return undefined;
  const place = classPlace;
  const server = httpServer as unknown as Record<symbol, unknown>;
  let given = server[place];
  let isActive = true;
  const select = (): RequestClass =>
    selectingClass((given ?? NodeRequest) as RequestClass, (request) => !isActive || isWanted(request));
  let selected = select();
  // A server of HTTP/2 that speaks HTTP/1 as well puts the class there again for each connection.
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

/** Returns a class of requests that takes an upgrade for one only if it is wanted. */
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
