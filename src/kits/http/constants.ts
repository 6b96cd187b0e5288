// The enums of the module: plain objects from names to values, as on a device. Their types are the unions of the values.

/** Methods of a request. */
export const RequestMethod = {
  OPTIONS: 'OPTIONS',
  GET: 'GET',
  HEAD: 'HEAD',
  POST: 'POST',
  PUT: 'PUT',
  DELETE: 'DELETE',
  TRACE: 'TRACE',
  CONNECT: 'CONNECT',
  PATCH: 'PATCH',
} as const;
/** A method of a request. */
export type RequestMethod = (typeof RequestMethod)[keyof typeof RequestMethod];

/** Status codes of responses. */
export const ResponseCode = {
  OK: 200,
  CREATED: 201,
  ACCEPTED: 202,
  NOT_AUTHORITATIVE: 203,
  NO_CONTENT: 204,
  RESET: 205,
  PARTIAL: 206,
  MULT_CHOICE: 300,
  MOVED_PERM: 301,
  MOVED_TEMP: 302,
  SEE_OTHER: 303,
  NOT_MODIFIED: 304,
  USE_PROXY: 305,
  BAD_REQUEST: 400,
  UNAUTHORIZED: 401,
  PAYMENT_REQUIRED: 402,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  BAD_METHOD: 405,
  NOT_ACCEPTABLE: 406,
  PROXY_AUTH: 407,
  CLIENT_TIMEOUT: 408,
  CONFLICT: 409,
  GONE: 410,
  LENGTH_REQUIRED: 411,
  PRECON_FAILED: 412,
  ENTITY_TOO_LARGE: 413,
  REQ_TOO_LONG: 414,
  UNSUPPORTED_TYPE: 415,
  RANGE_NOT_SATISFIABLE: 416,
  INTERNAL_ERROR: 500,
  NOT_IMPLEMENTED: 501,
  BAD_GATEWAY: 502,
  UNAVAILABLE: 503,
  GATEWAY_TIMEOUT: 504,
  VERSION: 505,
} as const;
/** A status code that has a name. */
export type ResponseCode = (typeof ResponseCode)[keyof typeof ResponseCode];

/** Versions of HTTP. */
export const HttpProtocol = { HTTP1_1: 0, HTTP2: 1, HTTP3: 2 } as const;
/** A version of HTTP. */
export type HttpProtocol = (typeof HttpProtocol)[keyof typeof HttpProtocol];

/** Types of a result. */
export const HttpDataType = { STRING: 0, OBJECT: 1, ARRAY_BUFFER: 2 } as const;
/** The type of a result. */
export type HttpDataType = (typeof HttpDataType)[keyof typeof HttpDataType];

/** Formats of certificate files. */
export const CertType = { PEM: 'PEM', DER: 'DER', P12: 'P12' } as const;
/** The format of a certificate file. */
export type CertType = (typeof CertType)[keyof typeof CertType];

/** Families of the address of a host name. */
export const AddressFamily = {
  DEFAULT: 'CURL_IPRESOLVE_WHATEVER',
  ONLY_V4: 'CURL_IPRESOLVE_V4',
  ONLY_V6: 'CURL_IPRESOLVE_V6',
} as const;
/** A family of addresses. */
export type AddressFamily = (typeof AddressFamily)[keyof typeof AddressFamily];

/** Versions of TLS. */
export const TlsVersion = { TLS_V_1_0: 4, TLS_V_1_1: 5, TLS_V_1_2: 6, TLS_V_1_3: 7 } as const;
/** A version of TLS. */
export type TlsVersion = (typeof TlsVersion)[keyof typeof TlsVersion];

/** Moments at which an interceptor is called. */
export const InterceptorType = {
  INITIAL_REQUEST: 'INITIAL_REQUEST',
  REDIRECTION: 'REDIRECTION',
  CACHE_CHECKED: 'READ_CACHE',
  NETWORK_CONNECT: 'CONNECT_NETWORK',
  FINAL_RESPONSE: 'FINAL_RESPONSE',
} as const;
/** A moment at which an interceptor is called. */
export type InterceptorType = (typeof InterceptorType)[keyof typeof InterceptorType];
