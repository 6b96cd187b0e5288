// Requests, responses, the cache and interceptors, as the SDK declares them; its `int` and `double` are `number`.

import type { AsyncCallback, Callback } from '../../kit/index.ts';
import type { HttpDataType, InterceptorType, ResponseCode, TlsVersion } from './constants.ts';
import type { HttpRequestOptions } from './options.ts';
import type { CipherSuite } from './tls-types.ts';

/** Milliseconds from the call of `request` to the end of each phase; 0 for a phase that there was not. */
export interface PerformanceTiming {
  /** The host name has an address. */
  dnsTiming: number;
  /** TCP is connected. */
  tcpTiming: number;
  /** The TLS handshake has ended. */
  tlsTiming: number;
  /** The first byte of the request is about to be sent. */
  firstSendTiming: number;
  /** The first byte of the response has arrived. */
  firstReceiveTiming: number;
  /** The response has ended. */
  totalFinishTiming: number;
  /** All redirects have been followed. */
  redirectTiming: number;
  /** The head of the response has arrived. */
  responseHeaderTiming: number;
  /** The body of the response has arrived. */
  responseBodyTiming: number;
  /** The application is called back. */
  totalTiming: number;
}

/** How a response came about. */
export interface ConnectionExtraInfo {
  /** `'HTTP/1.1'` or `'HTTP/1.0'`. */
  networkProtocolName: string;
  /** Absent without TLS. */
  tlsVersion?: TlsVersion;
  /** Absent without TLS. */
  cipherSuite?: CipherSuite;
  /** IP address of this end. */
  localAddress: string;
  /** IP address of the server, or of the proxy. */
  remoteAddress: string;
  /** Port of this end. */
  localPort: number;
  /** Port of the server, or of the proxy. */
  remotePort: number;
  /**
   * Whether the connection of an earlier request was used.
   * Off the device: always `false`.
   */
  isReusedConnection: boolean;
  /** Whether a proxy was used. */
  isProxyConnection: boolean;
  /** Whether the response is from the cache. */
  isCacheHit: boolean;
  /** Redirects that were followed. */
  redirectCount: number;
}

/** The response of the server. A status such as 404 is a response, too, and not an error. */
export interface HttpResponse {
  /** The body, in the type that `resultType` tells. */
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  result: string | Object | ArrayBuffer;
  /** The type of `result`. */
  resultType: HttpDataType;
  /** The HTTP status. */
  responseCode: ResponseCode | number;
  /**
   * Header fields, with names in lower case; `set-cookie` is an array, and `status-line` the first line of the response.
   */
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  header: Object;
  /**
   * The cookies, as a device writes them: a line for each (ended by CR LF, but for the last), whose seven fields are separated
   * by tabs: domain (with `#HttpOnly_` before it for such a cookie), TRUE if subdomains get it, path, TRUE if only TLS
   * connections get it, expiry in seconds since 1970 or 0, name, value. `''` without cookies.
   */
  cookies: string;
  /** When what happened. */
  performanceTiming: PerformanceTiming;
  /** How the response came about. */
  connectionExtraInfo?: ConnectionExtraInfo;
}

/** Progress of receiving. */
export interface DataReceiveProgressInfo {
  /** Bytes received so far. */
  receiveSize: number;
  /** Bytes of the whole body. */
  totalSize: number;
}

/** Progress of sending. */
export interface DataSendProgressInfo {
  /** Bytes sent so far. */
  sendSize: number;
  /** Bytes of the whole body. */
  totalSize: number;
}

/** A task that makes requests. Made by `createHttp`. */
export interface HttpRequest {
  /**
   * Makes a request, and answers with the whole response.
   *
   * @throws (to the callback, or as a rejection) BusinessError 401, 201 or 2300xxx
   */
  request(url: string, callback: AsyncCallback<HttpResponse>): void;
  request(url: string, options: HttpRequestOptions, callback: AsyncCallback<HttpResponse>): void;
  request(url: string, options?: HttpRequestOptions): Promise<HttpResponse>;
  /**
   * Makes a request, and waits for the whole response.
   * Off the device: it throws 801; a thread that waits could not be on
   * the in-memory network of a test.
   */
  requestSync(url: string, options?: HttpRequestOptions): HttpResponse;
  /**
   * Makes a request whose response comes as events: `headersReceive`, `dataReceive`, `dataReceiveProgress`, `dataEnd`.
   *
   * @returns the HTTP status, after the end of the response
   * @throws (to the callback, or as a rejection) BusinessError 401, 201 or 2300xxx
   */
  requestInStream(url: string, callback: AsyncCallback<number>): void;
  requestInStream(url: string, options: HttpRequestOptions, callback: AsyncCallback<number>): void;
  requestInStream(url: string, options?: HttpRequestOptions): Promise<number>;
  /** Ends the requests of this object with 2300023, and removes its listeners. Later requests fail with 2300999. */
  destroy(): void;
  /**
   * Sets the listener of an event; each event has one. `headersReceive` is told the header fields of each response, those of
   * redirects included.
   */
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  on(type: 'headerReceive', callback: AsyncCallback<Object>): void;
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  on(type: 'headersReceive', callback: Callback<Object>): void;
  on(type: 'dataReceive', callback: Callback<ArrayBuffer>): void;
  on(type: 'dataEnd', callback: Callback<void>): void;
  on(type: 'dataReceiveProgress', callback: Callback<DataReceiveProgressInfo>): void;
  on(type: 'dataSendProgress', callback: Callback<DataSendProgressInfo>): void;
  /** Removes the listener of an event; with a callback, only that one. */
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  off(type: 'headerReceive', callback?: AsyncCallback<Object>): void;
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  off(type: 'headersReceive', callback?: Callback<Object>): void;
  off(type: 'dataReceive', callback?: Callback<ArrayBuffer>): void;
  off(type: 'dataEnd', callback?: Callback<void>): void;
  off(type: 'dataReceiveProgress', callback?: Callback<DataReceiveProgressInfo>): void;
  off(type: 'dataSendProgress', callback?: Callback<DataSendProgressInfo>): void;
  /** Sets a listener that is called once. */
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  once(type: 'headersReceive', callback: Callback<Object>): void;
  /** Whether cookies of a response go with later requests of this object. Default `false`, which forgets them. */
  enableAutoCookie(enable: boolean): void;
}

/** The cache of the process. Made by `createHttpResponseCache`. */
export interface HttpResponseCache {
  /**
   * Writes the cache to the file system.
   * Off the device: the cache is in memory, and there is nothing to write.
   */
  flush(callback: AsyncCallback<void>): void;
  flush(): Promise<void>;
  /** Disables the cache and deletes what is in it. */
  delete(callback: AsyncCallback<void>): void;
  delete(): Promise<void>;
}

/** A request as an interceptor sees it. What the interceptor changes is sent. */
export interface HttpRequestContext {
  /** The URL. At REDIRECTION, the one that the server leads to. */
  url: string;
  /** Header fields, with names in lower case. */
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  header: Object;
  /** The body as a string; `''` if there is none. */
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  body: Object;
}

/** Whether the request goes on; `false` ends it with the response as the interceptor left it. */
export type ChainContinue = boolean;

/** A function that is called at one moment of a request. */
export interface HttpInterceptor {
  /** The moment. */
  interceptorType: InterceptorType;
  /** Reads and changes a request and its response. A rejection fails the request with 2300999. */
  interceptorHandle(reqContext: HttpRequestContext, rspContext: HttpResponse): Promise<ChainContinue>;
}
