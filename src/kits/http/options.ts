// What `request` and `requestInStream` take, as the SDK declares it; its `int` and `long` are `number`.

import type { HttpProxy } from '../../kit/types.ts';
import type { AddressFamily, HttpDataType, HttpProtocol, RequestMethod } from './constants.ts';
import type {
  CertificatePinning,
  ClientCert,
  RemoteValidation,
  ServerAuthentication,
  SslType,
  TlsOptions,
} from './tls-types.ts';

/** A SOCKS5 proxy. */
export interface Socks5Proxy {
  /** Name or address. */
  host: string;
  /** 1 to 65535. */
  port: number;
  /** Used only together with `password`. */
  username?: string;
  /** Used only together with `username`. */
  password?: string;
  /**
   * Where host names are resolved: 0 by the system, 1 by the proxy.
   * Off the device: always by the proxy.
   */
  dnsStrategy?: number;
  /** Hosts that are reached without the proxy. */
  exclusionList?: string[];
}

/** The network that a request prefers. */
export type PathPreference = 'auto' | 'primaryCellular' | 'secondaryCellular';

/** A value of a query parameter. `null` and `undefined` send the key without `=`. */
export type QueryParamValue = string | number | boolean | null | undefined;

/** Query parameters by their keys. An array sends its key several times. Keys and values are encoded. */
export type QueryParamObject = Record<string, QueryParamValue | QueryParamValue[]>;

/** One field of a form (RFC 7578). */
export interface MultiFormData {
  /** Name of the field. A field without a name is not sent. */
  name: string;
  /** Media type of the content, such as `text/plain`. */
  contentType: string;
  /** File name that the server gets. Default: the name of the file at `filePath`; none for `data`. */
  remoteFileName?: string;
  /** The content. An object is sent as JSON. */
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  data?: string | Object | ArrayBuffer;
  /** Path of a file with the content, if there is no `data`. A file that cannot be read fails with 2300026. */
  filePath?: string;
}

/** Options of a request. They are read during the call; later changes have no effect. */
export interface HttpRequestOptions {
  /** Default GET. */
  method?: RequestMethod;
  /**
   * With POST, PUT, DELETE and PATCH: the body. An object is sent as JSON. With GET, HEAD, OPTIONS, TRACE and CONNECT: query
   * parameters. A string is appended as it is, the members of an object are encoded; an ArrayBuffer is not appended.
   * `''` as a body fails with 401, as on a device.
   */
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  extraData?: string | Object | ArrayBuffer;
  /**
   * The type of `result`. Without it the media type decides: `application/octet-stream` and images give an ArrayBuffer,
   * all others a string. OBJECT gives a string where the body is not JSON, or longer than 65,536 bytes.
   */
  expectDataType?: HttpDataType;
  /** Whether to ask the cache, once `createHttpResponseCache` has made one. Default `true`. */
  usingCache?: boolean;
  /**
   * 1 to 1000. Default 1.
   * Off the device: all requests run at once, and it has no effect.
   */
  priority?: number;
  /**
   * Header fields. Names are sent in lower case. `content-type` is by default `application/json` with POST, PUT, DELETE and
   * PATCH, and `application/x-www-form-urlencoded` with the other methods.
   */
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  header?: Object;
  /** Milliseconds for the whole request, redirects included. 0: no bound. Default 60,000. Later: error 2300028. */
  readTimeout?: number;
  /** Milliseconds for each connection, TLS included. 0: 300,000. Default 60,000. Later: error 2300028. */
  connectTimeout?: number;
  /**
   * The version of HTTP. Default: the system's choice. HTTP3 for an `http:` URL fails with 2300001.
   * Off the device: HTTP/1.1 is spoken, whatever is asked for.
   */
  usingProtocol?: HttpProtocol;
  /**
   * `false`: no proxy. An {@link HttpProxy}: that one. `true` and absent: the default proxy.
   * The default proxy is that of `connection.setAppHttpProxy`, or else that of `setGlobalHttpProxy`.
   * Off the device: without these, it is that of the environment variables HTTP_PROXY, HTTPS_PROXY and NO_PROXY.
   */
  usingProxy?: boolean | HttpProxy;
  /** Path of a PEM file with certificate authorities to trust in addition to the preset ones. */
  caPath?: string;
  /** The same as text, up to 8,000 bytes. `caPath` comes first. */
  caData?: string;
  /** Default `'TLS'`. */
  sslType?: SslType;
  /**
   * The certificate for encryption with TLCP.
   * Off the device: it has no effect, since there is no TLCP.
   */
  clientEncCert?: ClientCert;
  /** First byte to ask for, from 1 (`Range`). Other numbers have no effect. With PUT: error 2300999. */
  resumeFrom?: number;
  /** Last byte to ask for. Without `resumeFrom`: how many bytes of the end. */
  resumeTo?: number;
  /** The certificate of the application. One that cannot be used fails with 2300058. */
  clientCert?: ClientCert;
  /**
   * URL of a resolver over HTTPS.
   * Off the device: it has no effect; names are resolved as without it.
   */
  dnsOverHttps?: string;
  /**
   * Addresses of resolvers.
   * Off the device: they have no effect; names are resolved as without them.
   */
  dnsServers?: Array<string>;
  /** Bytes that `result` may have, at most 100 MiB. Default 5 MiB. More: error 2300023. A stream has no bound. */
  maxLimit?: number;
  /** Fields of a form. They are the body if `content-type` is `multipart/form-data`. */
  multiFormDataList?: Array<MultiFormData>;
  /** Public keys that the server's certificate may have. Another one: error 2300090. */
  certificatePinning?: CertificatePinning | CertificatePinning[];
  /** How the server's certificate is checked. Default `'system'`. */
  remoteValidation?: RemoteValidation;
  /** Versions of TLS and cipher suites. Default `'system'`: TLS 1.2 and later. */
  tlsOptions?: TlsOptions;
  /** User name and password, for a server that asks. */
  serverAuthentication?: ServerAuthentication;
  /** The family of addresses to connect to. A name without such an address: error 2300006. */
  addressFamily?: AddressFamily;
  /** The name to ask for in the TLS handshake (SNI), up to 255 characters. Default: the host. */
  sniHostName?: string;
  /** Redirects to follow. One more: error 2300047; so is the first one with 0. Default 30. */
  maxRedirects?: number;
  /** Any method, up to 128 characters. It comes before `method`. */
  customMethod?: string;
  /**
   * The network to use.
   * Off the device: there is one, and it has no effect.
   */
  pathPreference?: PathPreference;
  /**
   * Default `true`.
   * Off the device: each request has its own connection, whatever is asked for.
   */
  reuseConnections?: boolean;
  /**
   * Milliseconds that an idle connection is kept.
   * Off the device: none is kept, and it has no effect.
   */
  inactivityMs?: number;
  /** A SOCKS5 proxy. It comes before `usingProxy`. One that refuses fails with 2300999. */
  usingSocks5Proxy?: Socks5Proxy;
  /**
   * Whether an intermediate authority may be trusted.
   * Off the device: it has no effect.
   */
  enablePartialChain?: boolean;
  /** Query parameters. A string is appended as it is; an object is encoded. It comes before `extraData`. */
  queryParams?: string | QueryParamObject;
  /** The body, with any method. An object is sent as JSON. It comes before `extraData`. */
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  body?: string | Object | ArrayBuffer;
}
