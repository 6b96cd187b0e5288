// The types of `url` and `JSON` of `@kit.ArkTS` against the SDK's declarations.

import type { json } from '../../../src/kits/json/index.ts';
import { url } from '../../../src/kits/url/index.ts';
import type { JSON as ofKit, url as urlOfKit } from '../../../src/register/kits/arkts-kit.ts';
import type urlOfOhos from '../../../src/register/kits/ohos-url.ts';
import type ofOhos from '../../../src/register/kits/ohos-util-json.ts';
import { same } from '../../type-tests/same.ts';

same<typeof urlOfKit, typeof url>(true);
same<typeof urlOfOhos, typeof url>(true);
same<typeof ofKit, typeof json>(true);
same<typeof ofOhos, typeof json>(true);

/** The public members of a class. */
type Members<Class> = Pick<Class, keyof Class>;

interface URL {
  toString(): string;
  toJSON(): string;
  hash: string;
  host: string;
  hostname: string;
  href: string;
  readonly origin: string;
  password: string;
  pathname: string;
  port: string;
  protocol: string;
  search: string;
  readonly searchParams: url.URLSearchParams;
  readonly params: url.URLParams;
  username: string;
}
same<Members<url.URL>, Members<URL>>(true);
same<typeof url.URL.parseURL, (url: string, base?: string | url.URL) => url.URL>(true);

interface Params {
  append(name: string, value: string): void;
  delete(name: string): void;
  getAll(name: string): string[];
  entries(): IterableIterator<[string, string]>;
  get(name: string): string | null;
  has(name: string): boolean;
  set(name: string, value: string): void;
  sort(): void;
  keys(): IterableIterator<string>;
  values(): IterableIterator<string>;
  [Symbol.iterator](): IterableIterator<[string, string]>;
  toString(): string;
}
same<Omit<url.URLParams, 'forEach'>, Members<Params>>(true);
same<Omit<url.URLSearchParams, 'forEach'>, Members<Params>>(true);
same<
  ConstructorParameters<typeof url.URLParams>,
  [init?: string[][] | Record<string, string> | string | url.URLParams | undefined]
>(true);
new url.URLParams().forEach((value: string, key: string, all: url.URLParams) => void [value, key, all], {});

// biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
type Transformer = (this: Object, key: string, value: Object) => Object | undefined | null;
same<json.Transformer, Transformer>(true);
same<json.ParseOptions, { bigIntMode: json.BigIntMode }>(true);
same<json.BigIntMode, 0 | 1 | 2>(true);
same<json.BigIntMode.PARSE_AS_BIGINT, 1>(true);
// biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
type Parse = (text: string, reviver?: Transformer, options?: json.ParseOptions) => Object | null;
same<typeof json.parse, Parse>(true);
/** Two overloads. */
interface Stringify {
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  (value: Object, replacer?: (number | string)[] | null, space?: string | number): string;
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  (value: Object, replacer?: Transformer, space?: string | number): string;
}
same<typeof json.stringify, Stringify>(true);
same<typeof json.has, (obj: object, property: string) => boolean>(true);
same<typeof json.remove, (obj: object, property: string) => void>(true);

// @ts-expect-error: a base is needed as text or a URL
url.URL.parseURL('a', 5);
