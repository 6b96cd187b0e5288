// `url` of `@kit.ArkTS` and `@ohos.url`.

import type * as queries from './search-params.ts';
import { URLParams, URLSearchParams } from './search-params.ts';
import type * as urls from './url.ts';
import { URL } from './url.ts';

/** The module: URLs and their queries. */
const url = {
  /** A URL. */
  URL,
  /** The parameters of a query. */
  URLParams,
  /** The first form of `URLParams`. */
  URLSearchParams,
};

declare namespace url {
  /** A URL. */
  export type URL = urls.URL;
  /** The parameters of a query. */
  export type URLParams = queries.URLParams;
  /** The first form of `URLParams`. */
  export type URLSearchParams = queries.URLSearchParams;
}

export { url, url as default };
