// The two kinds of requests, from what is to be sent to what the application gets: the whole response, or a stream of events.

import type { Buffer } from 'node:buffer';
import { InterceptorType } from './constants.ts';
import { emptyResponse, intercepted } from './interceptors.ts';
import type { RequestPlan } from './request-plan.ts';
import { bufferOf, extraInformation, fieldOf, type ReadResponse, type ResponseFields, resultOf } from './response.ts';
import { BodyBuffer, readBody } from './response-body.ts';
import { confirmed, responseCache } from './response-cache.ts';
import type { Task } from './task.ts';
import { type Arrived, type TransferContext, transfer } from './transfer.ts';
import type { ConnectionExtraInfo, HttpResponse } from './types.ts';

/** Makes a request, and returns its whole response. @throws (rejects) BusinessError */
export async function runRequest(plan: RequestPlan, task: Task): Promise<HttpResponse> {
  const { timing } = task;
  const initial = emptyResponse(timing.all());
  if (!(await goesOn(InterceptorType.INITIAL_REQUEST, plan, task, initial))) return initial;
  const cached = responseCache.find(plan);
  if (cached?.isFresh) {
    const response = responseOf(cached.response, plan, task, cacheInformation());
    await goesOn(InterceptorType.CACHE_CHECKED, plan, task, response);
    return finished(plan, task, response);
  }
  const asked = { ...plan, header: new Map([...(cached?.conditions ?? []), ...plan.header]) };
  const before = emptyResponse(timing.all());
  if (!(await goesOn(InterceptorType.NETWORK_CONNECT, asked, task, before))) return before;
  let blocked: HttpResponse | undefined;
  const arrived = await transfer(asked, {
    ...contextOf(task),
    redirected: async (status, fields, body, to) => {
      const response = responseOf({ status, fields, body, cookies: task.jar.lines() }, plan, task);
      const follows = await goesOn(InterceptorType.REDIRECTION, asked, task, response, to);
      if (!follows) blocked = response;
      return follows;
    },
  });
  if (arrived === undefined) return blocked ?? before;
  const { read, information } = await wholeResponse(arrived, plan, task);
  const isConfirmed = read.status === 304 && cached !== undefined && arrived.redirects === 0;
  const response = isConfirmed ? confirmed(cached.response, read.fields) : read;
  // A response that a redirect led to, or an interceptor, is not that of this URL.
  if (arrived.redirects === 0 && asked.url.href === plan.url.href) responseCache.keep(plan, response);
  const whole = responseOf(response, plan, task, { ...information, isCacheHit: isConfirmed });
  return finished(plan, task, whole);
}

/** Makes a request whose response comes as events, and returns its status after the end. @throws (rejects) BusinessError */
export async function runStream(plan: RequestPlan, task: Task): Promise<number> {
  const { listeners, timing, signal } = task;
  const arrived = await transfer(plan, {
    ...contextOf(task),
    redirected: async (_status, _fields, _body, to) => follow(plan, to),
  });
  if (arrived === undefined) return 0;
  const { exchange, fields, socket } = arrived;
  try {
    const total = Number(fieldOf(fields, 'content-length'));
    if (!exchange.isBodiless) {
      const sink = {
        data: (part: Buffer) => listeners.emit('dataReceive', bufferOf(part)),
        // Without a length there is nothing to be in progress to.
        progress: (receiveSize: number) => {
          if (total > 0) listeners.emit('dataReceiveProgress', { receiveSize, totalSize: total });
        },
      };
      await readBody(exchange, sink, signal);
    }
    timing.mark('responseBodyTiming', 'totalFinishTiming', 'totalTiming');
    listeners.emit('dataEnd', undefined);
    return exchange.message.statusCode ?? 0;
  } finally {
    socket.destroy();
  }
}

function follow(plan: RequestPlan, to: URL): boolean {
  plan.url = to;
  return true;
}

function contextOf({ listeners, jar, timing, signal }: Task): Omit<TransferContext, 'redirected'> {
  return {
    jar,
    timing,
    signal,
    headers: (fields) => {
      listeners.emit('headerReceive', undefined, copyOf(fields));
      listeners.emit('headersReceive', copyOf(fields));
    },
    sendProgress: (sendSize, totalSize) => listeners.emit('dataSendProgress', { sendSize, totalSize }),
  };
}

function copyOf(fields: ResponseFields): ResponseFields {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, Array.isArray(value) ? [...value] : value]),
  );
}

/** Calls the interceptor of a moment. Without one the request goes on. */
async function goesOn(
  type: InterceptorType,
  plan: RequestPlan,
  { interceptors }: Task,
  response: HttpResponse,
  url?: URL,
): Promise<boolean> {
  const interceptor = interceptors?.get(type);
  if (interceptor !== undefined) return intercepted(interceptor, plan, response, url);
  if (url !== undefined) plan.url = url;
  return true;
}

async function wholeResponse(
  { exchange, fields, socket, isProxied, redirects }: Arrived,
  { maxLimit }: RequestPlan,
  { jar, timing, signal }: Task,
): Promise<{ read: ReadResponse; information: ConnectionExtraInfo }> {
  const { message, isBodiless } = exchange;
  const body = new BodyBuffer(maxLimit);
  // Read now: a socket that has closed does not tell its addresses.
  const information = extraInformation(socket, message, isProxied, redirects);
  try {
    if (!isBodiless) await readBody(exchange, body, signal);
  } finally {
    socket.destroy();
  }
  timing.mark('responseBodyTiming', 'totalFinishTiming');
  return {
    read: { status: message.statusCode ?? 0, fields, body: body.bytes(), cookies: jar.lines() },
    information,
  };
}

function responseOf(
  read: ReadResponse,
  { expectDataType }: RequestPlan,
  { timing }: Task,
  information?: ConnectionExtraInfo,
): HttpResponse {
  return {
    ...resultOf(read, expectDataType),
    responseCode: read.status,
    header: copyOf(read.fields),
    cookies: read.cookies,
    performanceTiming: timing.all(),
    ...(information === undefined ? {} : { connectionExtraInfo: information }),
  };
}

/** A response that came from no connection. */
function cacheInformation(): ConnectionExtraInfo {
  return {
    networkProtocolName: 'HTTP/1.1',
    localAddress: '',
    remoteAddress: '',
    localPort: 0,
    remotePort: 0,
    isReusedConnection: false,
    isProxyConnection: false,
    isCacheHit: true,
    redirectCount: 0,
  };
}

/** The last interceptor may change the response, whether it goes on or not. */
async function finished(plan: RequestPlan, task: Task, response: HttpResponse): Promise<HttpResponse> {
  await goesOn(InterceptorType.FINAL_RESPONSE, plan, task, response);
  task.timing.mark('totalTiming');
  response.performanceTiming = task.timing.all();
  return response;
}
