// The types of `http` against the shapes of the SDK's declaration (API 26): what must be the same, and what must not compile.
// Nothing here is run; the compiler reads it with all tests.

import type { AsyncCallback, Callback } from '../../../src/kit/index.ts';
import type byDefault from '../../../src/kits/http/index.ts';
import { http } from '../../../src/kits/http/index.ts';
import type { http as ofKit } from '../../../src/register/kits/network-kit.ts';
import type ofOhos from '../../../src/register/kits/ohos-net-http.ts';
import { same } from '../../type-tests/same.ts';

same<byDefault.HttpRequest, http.HttpRequest>(true);
same<ofKit.HttpRequest, http.HttpRequest>(true);
same<ofOhos.HttpRequest, http.HttpRequest>(true);
same<ReturnType<typeof http.createHttp>, http.HttpRequest>(true);
same<Parameters<typeof http.createHttp>, []>(true);
same<ReturnType<typeof http.createHttpResponseCache>, http.HttpResponseCache>(true);
same<Parameters<typeof http.createHttpResponseCache>, [cacheSize?: number | undefined]>(true);

interface Options {
  method?: http.RequestMethod;
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  extraData?: string | Object | ArrayBuffer;
  expectDataType?: http.HttpDataType;
  usingCache?: boolean;
  priority?: number;
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  header?: Object;
  readTimeout?: number;
  connectTimeout?: number;
  usingProtocol?: http.HttpProtocol;
  usingProxy?: boolean | http.HttpProxy;
  caPath?: string;
  caData?: string;
  sslType?: http.SslType;
  clientEncCert?: http.ClientCert;
  resumeFrom?: number;
  resumeTo?: number;
  clientCert?: http.ClientCert;
  dnsOverHttps?: string;
  dnsServers?: Array<string>;
  maxLimit?: number;
  multiFormDataList?: Array<http.MultiFormData>;
  certificatePinning?: http.CertificatePinning | http.CertificatePinning[];
  remoteValidation?: http.RemoteValidation;
  tlsOptions?: http.TlsOptions;
  serverAuthentication?: http.ServerAuthentication;
  addressFamily?: http.AddressFamily;
  sniHostName?: string;
  maxRedirects?: number;
  customMethod?: string;
  pathPreference?: http.PathPreference;
  reuseConnections?: boolean;
  inactivityMs?: number;
  usingSocks5Proxy?: http.Socks5Proxy;
  enablePartialChain?: boolean;
  queryParams?: string | http.QueryParamObject;
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  body?: string | Object | ArrayBuffer;
}
same<
  http.Socks5Proxy,
  {
    host: string;
    port: number;
    username?: string;
    password?: string;
    dnsStrategy?: number;
    exclusionList?: string[];
  }
>(true);
same<http.TlsV10CipherSuite, http.TlsV10SpecificCipherSuite>(true);
same<http.TlsV11CipherSuite, http.TlsV10CipherSuite>(true);
same<http.TlsV12CipherSuite, http.TlsV11CipherSuite | http.TlsV12SpecificCipherSuite>(true);
same<http.TlsV13CipherSuite, http.TlsV12CipherSuite | http.TlsV13SpecificCipherSuite>(true);
same<http.CipherSuite, http.TlsV13CipherSuite>(true);
same<
  http.TlsV13SpecificCipherSuite,
  'TLS_AES_128_GCM_SHA256' | 'TLS_AES_256_GCM_SHA384' | 'TLS_CHACHA20_POLY1305_SHA256'
>(true);
same<
  http.TlsV12SpecificCipherSuite,
  | `TLS_ECDHE_${'ECDSA' | 'RSA'}_WITH_${'AES_128_GCM_SHA256' | 'AES_256_GCM_SHA384' | 'CHACHA20_POLY1305_SHA256'}`
  | `TLS_RSA_WITH_${'AES_128_GCM_SHA256' | 'AES_256_GCM_SHA384'}`
>(true);
same<
  http.TlsV10SpecificCipherSuite,
  | `TLS_ECDHE_${'ECDSA' | 'RSA'}_WITH_AES_${'128' | '256'}_CBC_SHA`
  | `TLS_RSA_WITH_${'AES_128' | 'AES_256' | '3DES_EDE'}_CBC_SHA`
>(true);
same<http.HttpRequestOptions, Options>(true);

interface Request {
  (url: string, callback: AsyncCallback<http.HttpResponse>): void;
  (url: string, options: http.HttpRequestOptions, callback: AsyncCallback<http.HttpResponse>): void;
  (url: string, options?: http.HttpRequestOptions): Promise<http.HttpResponse>;
}
same<http.HttpRequest['request'], Request>(true);
interface RequestInStream {
  (url: string, callback: AsyncCallback<number>): void;
  (url: string, options: http.HttpRequestOptions, callback: AsyncCallback<number>): void;
  (url: string, options?: http.HttpRequestOptions): Promise<number>;
}
same<http.HttpRequest['requestInStream'], RequestInStream>(true);
same<http.HttpRequest['requestSync'], (url: string, options?: http.HttpRequestOptions) => http.HttpResponse>(true);
same<http.HttpRequest['destroy'], () => void>(true);
same<http.HttpRequest['enableAutoCookie'], (enable: boolean) => void>(true);
interface On {
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  (type: 'headerReceive', callback: AsyncCallback<Object>): void;
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  (type: 'headersReceive', callback: Callback<Object>): void;
  (type: 'dataReceive', callback: Callback<ArrayBuffer>): void;
  (type: 'dataEnd', callback: Callback<void>): void;
  (type: 'dataReceiveProgress', callback: Callback<http.DataReceiveProgressInfo>): void;
  (type: 'dataSendProgress', callback: Callback<http.DataSendProgressInfo>): void;
}
same<http.HttpRequest['on'], On>(true);
interface Off {
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  (type: 'headerReceive', callback?: AsyncCallback<Object>): void;
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  (type: 'headersReceive', callback?: Callback<Object>): void;
  (type: 'dataReceive', callback?: Callback<ArrayBuffer>): void;
  (type: 'dataEnd', callback?: Callback<void>): void;
  (type: 'dataReceiveProgress', callback?: Callback<http.DataReceiveProgressInfo>): void;
  (type: 'dataSendProgress', callback?: Callback<http.DataSendProgressInfo>): void;
}
same<http.HttpRequest['off'], Off>(true);
// biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
same<http.HttpRequest['once'], (type: 'headersReceive', callback: Callback<Object>) => void>(true);
same<
  keyof http.HttpRequest,
  'request' | 'requestSync' | 'requestInStream' | 'destroy' | 'on' | 'off' | 'once' | 'enableAutoCookie'
>(true);

interface Response {
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  result: string | Object | ArrayBuffer;
  resultType: http.HttpDataType;
  responseCode: http.ResponseCode | number;
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  header: Object;
  cookies: string;
  performanceTiming: http.PerformanceTiming;
  connectionExtraInfo?: http.ConnectionExtraInfo;
}
same<http.HttpResponse, Response>(true);
interface Timing {
  dnsTiming: number;
  tcpTiming: number;
  tlsTiming: number;
  firstSendTiming: number;
  firstReceiveTiming: number;
  totalFinishTiming: number;
  redirectTiming: number;
  responseHeaderTiming: number;
  responseBodyTiming: number;
  totalTiming: number;
}
same<http.PerformanceTiming, Timing>(true);
same<
  keyof http.ConnectionExtraInfo,
  | ('networkProtocolName' | 'tlsVersion' | 'cipherSuite' | 'localAddress' | 'remoteAddress' | 'localPort')
  | ('remotePort' | 'isReusedConnection' | 'isProxyConnection' | 'isCacheHit' | 'redirectCount')
>(true);
same<http.DataReceiveProgressInfo, { receiveSize: number; totalSize: number }>(true);
same<http.DataSendProgressInfo, { sendSize: number; totalSize: number }>(true);
interface Flush {
  (callback: AsyncCallback<void>): void;
  (): Promise<void>;
}
same<http.HttpResponseCache['flush'], Flush>(true);
same<http.HttpResponseCache['delete'], Flush>(true);
same<keyof http.HttpResponseCache, 'flush' | 'delete'>(true);

same<http.ClientCert, { certPath: string; certType?: http.CertType; keyPath: string; keyPassword?: string }>(true);
same<http.CertificatePinning, { publicKeyHash: string; hashAlgorithm: 'SHA-256' }>(true);
same<http.Credential, { username: string; password: string }>(true);
same<http.ServerAuthentication, { credential: http.Credential; authenticationType?: http.AuthenticationType }>(true);
same<http.AuthenticationType, 'basic' | 'ntlm' | 'digest'>(true);
same<http.RemoteValidation, 'system' | 'skip' | http.ValidationCallback>(true);
same<http.ValidationCallback, (context: http.ValidationContext) => boolean | Promise<boolean>>(true);
same<http.ValidationContext, { pemCerts: string[]; x509Certs: http.X509Cert[]; host: string; ip: string }>(true);
same<
  http.TlsConfig,
  { tlsVersionMin: http.TlsVersion; tlsVersionMax: http.TlsVersion; cipherSuites?: http.CipherSuite[] }
>(true);
same<http.TlsOptions, 'system' | http.TlsConfig>(true);
same<http.CipherSuite, http.TlsV13CipherSuite>(true);
same<http.SslType, 'TLS' | 'TLCP'>(true);
same<http.PathPreference, 'auto' | 'primaryCellular' | 'secondaryCellular'>(true);
same<http.QueryParamValue, string | number | boolean | null | undefined>(true);
same<http.QueryParamObject, Record<string, http.QueryParamValue | http.QueryParamValue[]>>(true);
same<
  http.MultiFormData,
  {
    name: string;
    contentType: string;
    remoteFileName?: string;
    // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
    data?: string | Object | ArrayBuffer;
    filePath?: string;
  }
>(true);
// biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
same<http.HttpRequestContext, { url: string; header: Object; body: Object }>(true);
same<http.ChainContinue, boolean>(true);
same<
  http.HttpInterceptor['interceptorHandle'],
  (reqContext: http.HttpRequestContext, rspContext: http.HttpResponse) => Promise<http.ChainContinue>
>(true);
same<http.HttpInterceptor['interceptorType'], http.InterceptorType>(true);
same<keyof http.HttpInterceptorChain, 'getChain' | 'addChain' | 'apply'>(true);
same<http.HttpInterceptorChain['getChain'], () => http.HttpInterceptor[]>(true);
same<http.HttpInterceptorChain['addChain'], (chain: http.HttpInterceptor[]) => boolean>(true);
same<http.HttpInterceptorChain['apply'], (httpRequest: http.HttpRequest) => boolean>(true);

same<http.RequestMethod.GET, 'GET'>(true);
same<typeof http.RequestMethod.PATCH, 'PATCH'>(true);
same<typeof http.ResponseCode.NOT_FOUND, 404>(true);
same<http.HttpDataType, 0 | 1 | 2>(true);
same<http.TlsVersion, 4 | 5 | 6 | 7>(true);

/** As applications write it. */
export class Logging implements http.HttpInterceptor {
  interceptorType: http.InterceptorType = http.InterceptorType.FINAL_RESPONSE;

  async interceptorHandle(_request: http.HttpRequestContext, response: http.HttpResponse): Promise<http.ChainContinue> {
    return response.responseCode === http.ResponseCode.OK;
  }
}

/** As applications write it: what parameters are without annotations, and what is refused. */
export function uses(task: http.HttpRequest): void {
  task.request('http://host', { method: http.RequestMethod.POST, header: { a: 'b' } }, (err, data) => {
    if (!err) void [data.result as string, data.header];
  });
  task.on('dataReceive', (data) => void data.byteLength);
  // @ts-expect-error: no such event
  task.on('dataProgress', () => {});
  // @ts-expect-error: there is once for one event only
  task.once('dataEnd', () => {});
  // @ts-expect-error: no such method
  void task.request('http://host', { method: 'FETCH' });
  // @ts-expect-error: a URL is a string
  void task.request(new URL('http://host'));
}
