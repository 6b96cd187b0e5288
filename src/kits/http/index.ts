// `http` of `@kit.NetworkKit`, and the default export of `@ohos.net.http`: requests over Node's own HTTP client, on the network
// that `webSocket` is on. In tests that is the in-memory network.

import type { HttpProxy as KitHttpProxy } from '../../kit/types.ts';
import * as constants from './constants.ts';
import { KitHttpRequest } from './http-request.ts';
import { KitHttpResponseCache } from './http-response-cache.ts';
import { HttpInterceptorChain } from './interceptor-chain.ts';
import type * as options from './options.ts';
import type * as tls from './tls-types.ts';
import type * as types from './types.ts';

/** The module. */
export const http = {
  /** Makes a task, which can make requests. Call its `destroy` when it is no longer needed. */
  createHttp(): types.HttpRequest {
    return new KitHttpRequest();
  },
  /**
   * Makes the cache of the process, or changes its size.
   *
   * @param cacheSize  bytes, at most 10 MiB. Default 10 MiB.
   */
  createHttpResponseCache(cacheSize?: number): types.HttpResponseCache {
    return new KitHttpResponseCache(cacheSize);
  },
  /** Interceptors, to be put on a task. */
  HttpInterceptorChain,
  /** Methods of a request. */
  RequestMethod: constants.RequestMethod,
  /** Status codes of responses. */
  ResponseCode: constants.ResponseCode,
  /** Versions of HTTP. */
  HttpProtocol: constants.HttpProtocol,
  /** Types of a result. */
  HttpDataType: constants.HttpDataType,
  /** Formats of certificate files. */
  CertType: constants.CertType,
  /** Families of addresses. */
  AddressFamily: constants.AddressFamily,
  /** Versions of TLS. */
  TlsVersion: constants.TlsVersion,
  /** Moments of interceptors. */
  InterceptorType: constants.InterceptorType,
};

export declare namespace http {
  /** A family of addresses. */
  export type AddressFamily = constants.AddressFamily;
  /** How a server authenticates the application. */
  export type AuthenticationType = tls.AuthenticationType;
  /** The public key that a certificate must have. */
  export type CertificatePinning = tls.CertificatePinning;
  /** The format of a certificate file. */
  export type CertType = constants.CertType;
  /** Whether a request goes on. */
  export type ChainContinue = types.ChainContinue;
  /** A cipher suite. */
  export type CipherSuite = tls.CipherSuite;
  /** A client certificate. */
  export type ClientCert = tls.ClientCert;
  /** How a response came about. */
  export type ConnectionExtraInfo = types.ConnectionExtraInfo;
  /** A user name and a password. */
  export type Credential = tls.Credential;
  /** Progress of receiving. */
  export type DataReceiveProgressInfo = types.DataReceiveProgressInfo;
  /** Progress of sending. */
  export type DataSendProgressInfo = types.DataSendProgressInfo;
  /** The type of a result. */
  export type HttpDataType = constants.HttpDataType;
  /** A function that is called at one moment of a request. */
  export type HttpInterceptor = types.HttpInterceptor;
  /** Interceptors, to be put on a task. */
  export type HttpInterceptorChain = import('./interceptor-chain.ts').HttpInterceptorChain;
  /** A version of HTTP. */
  export type HttpProtocol = constants.HttpProtocol;
  /** An HTTP proxy. */
  export type HttpProxy = KitHttpProxy;
  /** A task. */
  export type HttpRequest = types.HttpRequest;
  /** A request as an interceptor sees it. */
  export type HttpRequestContext = types.HttpRequestContext;
  /** Options of a request. */
  export type HttpRequestOptions = options.HttpRequestOptions;
  /** A response. */
  export type HttpResponse = types.HttpResponse;
  /** The cache. */
  export type HttpResponseCache = types.HttpResponseCache;
  /** A moment of an interceptor. */
  export type InterceptorType = constants.InterceptorType;
  /** One field of a form. */
  export type MultiFormData = options.MultiFormData;
  /** The network that a request prefers. */
  export type PathPreference = options.PathPreference;
  /** When what happened. */
  export type PerformanceTiming = types.PerformanceTiming;
  /** Query parameters by their keys. */
  export type QueryParamObject = options.QueryParamObject;
  /** A value of a query parameter. */
  export type QueryParamValue = options.QueryParamValue;
  /** How a server's certificate is checked. */
  export type RemoteValidation = tls.RemoteValidation;
  /** A method of a request. */
  export type RequestMethod = constants.RequestMethod;
  /** A status code that has a name. */
  export type ResponseCode = constants.ResponseCode;
  /** The identity of the application. */
  export type ServerAuthentication = tls.ServerAuthentication;
  /** A SOCKS5 proxy. */
  export type Socks5Proxy = options.Socks5Proxy;
  /** TLS or TLCP. */
  export type SslType = tls.SslType;
  /** Versions of TLS and cipher suites. */
  export type TlsConfig = tls.TlsConfig;
  /** The system's choice, or one's own. */
  export type TlsOptions = tls.TlsOptions;
  /** Cipher suites of TLS 1.0. */
  export type TlsV10CipherSuite = tls.TlsV10CipherSuite;
  /** Cipher suites of TLS 1.0 and later. */
  export type TlsV10SpecificCipherSuite = tls.TlsV10SpecificCipherSuite;
  /** Cipher suites of TLS 1.1. */
  export type TlsV11CipherSuite = tls.TlsV11CipherSuite;
  /** Cipher suites that TLS 1.2 may use. */
  export type TlsV12CipherSuite = tls.TlsV12CipherSuite;
  /** Cipher suites of TLS 1.2 and later. */
  export type TlsV12SpecificCipherSuite = tls.TlsV12SpecificCipherSuite;
  /** Cipher suites that TLS 1.3 may use. */
  export type TlsV13CipherSuite = tls.TlsV13CipherSuite;
  /** Cipher suites of TLS 1.3. */
  export type TlsV13SpecificCipherSuite = tls.TlsV13SpecificCipherSuite;
  /** A version of TLS. */
  export type TlsVersion = constants.TlsVersion;
  /** A validation of one's own. */
  export type ValidationCallback = tls.ValidationCallback;
  /** What such a validation gets. */
  export type ValidationContext = tls.ValidationContext;
  /** A certificate. */
  export type X509Cert = tls.X509Cert;

  /** The members of the enum as types. */
  export namespace RequestMethod {
    /** OPTIONS. */
    export type OPTIONS = 'OPTIONS';
    /** GET. */
    export type GET = 'GET';
    /** HEAD. */
    export type HEAD = 'HEAD';
    /** POST. */
    export type POST = 'POST';
    /** PUT. */
    export type PUT = 'PUT';
    /** DELETE. */
    export type DELETE = 'DELETE';
    /** TRACE. */
    export type TRACE = 'TRACE';
    /** CONNECT. */
    export type CONNECT = 'CONNECT';
    /** PATCH. */
    export type PATCH = 'PATCH';
  }

  /** The members of the enum as types. */
  export namespace HttpDataType {
    /** A string. */
    export type STRING = 0;
    /** The value of a JSON text. */
    export type OBJECT = 1;
    /** Bytes. */
    export type ARRAY_BUFFER = 2;
  }
}

export default http;
