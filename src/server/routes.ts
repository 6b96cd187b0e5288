// Which handlers and settings a path has: the table of `createServer({ paths })`. It is read for each handshake, and for the
// parameters of a connection when they are asked for: connections keep nothing of it.

import { type WebSocketError, webSocketError } from '../core/errors.ts';
import { comparePatterns, fits, type PathPattern, paramsOf, readPattern, segmentsOf } from './path-pattern.ts';
import { pathOf } from './target-path.ts';

/** A path of the table, and what belongs to it. */
interface Route<Value> {
  readonly pattern: PathPattern;
  readonly value: Value;
}

/** How many paths an error names. */
const MOST_NAMED = 20;

const NONE: Readonly<Record<string, string>> = Object.freeze({});

export class Routes<Value> {
  /** By the number of their segments, those that come first first. */
  readonly #bySize = new Map<number, Route<Value>[]>();
  /** As they were given. */
  readonly paths: readonly string[];

  /** @throws WebSocketError ERR_WS_OPTION for what is not a pattern, and for two that take the same paths */
  constructor(table: Readonly<Record<string, Value>>) {
    this.paths = Object.keys(table);
    for (const [path, value] of Object.entries(table)) {
      const pattern = readPattern(path, 'paths');
      const { length } = pattern.segments;
      const routes = this.#bySize.get(length) ?? [];
      this.#bySize.set(length, routes);
      const same = routes.find((route) => comparePatterns(route.pattern, pattern) === 0);
      if (same !== undefined) {
        const expected = `each path once: ${same.pattern.source} takes the same ones`;
        throw webSocketError('ERR_WS_OPTION', 'paths', path, expected);
      }
      routes.push({ pattern, value });
      routes.sort((first, second) => comparePatterns(first.pattern, second.pattern));
    }
  }

  /** What belongs to a request target. @returns `undefined` where no path fits */
  find(target: string): Value | undefined {
    return this.#route(target)?.route.value;
  }

  /** The parameters of a request target; none where no path fits. */
  paramsOf(target: string): Readonly<Record<string, string>> {
    const found = this.#route(target);
    return found === undefined ? NONE : paramsOf(found.route.pattern, found.segments);
  }

  /** The path of a request target with its parameters, in one form for all ways of writing it. `''` where no path fits */
  nameOf(target: string): string {
    const found = this.#route(target);
    return found === undefined ? '' : `/${found.segments.map(encodeURIComponent).join('/')}`;
  }

  /** The error for a request target that fits no path. */
  notFound(target: string): WebSocketError {
    const { paths } = this;
    const more = paths.length > MOST_NAMED ? ` and ${paths.length - MOST_NAMED} more` : '';
    return webSocketError('ERR_WS_REQUEST_PATH', pathOf(target), paths.slice(0, MOST_NAMED).join(', ') + more);
  }

  #route(target: string): { readonly route: Route<Value>; readonly segments: readonly string[] } | undefined {
    const segments = segmentsOf(pathOf(target));
    const route = segments && this.#bySize.get(segments.length)?.find(({ pattern }) => fits(pattern, segments));
    return route && { route, segments: segments as readonly string[] };
  }
}

/** The parameters of a server without paths. */
export const noParams = (): Readonly<Record<string, string>> => NONE;
