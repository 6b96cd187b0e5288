// The call of an interceptor: what it sees of a request and of its response, and what it has changed.

import type { BusinessError } from '../host.ts';
import { HttpDataType } from './constants.ts';
import { httpError } from './errors.ts';
import { bodyOf } from './request-body.ts';
import { type RequestPlan, setField } from './request-plan.ts';
import { parseUrl } from './request-url.ts';
import type { ChainContinue, HttpInterceptor, HttpRequestContext, HttpResponse } from './types.ts';

/**
 * Calls an interceptor, and applies what it has changed to the request.
 *
 * @param url       the URL that it sees; absent: that of the plan
 * @param response  what it sees and may change
 * @returns whether the request goes on
 * @throws (rejects) BusinessError 2300999 if it throws or rejects, and those of a URL, header or body that cannot be sent
 */
export async function intercepted(
  interceptor: HttpInterceptor,
  plan: RequestPlan,
  response: HttpResponse,
  url: URL = plan.url,
): Promise<ChainContinue> {
  const context: HttpRequestContext = {
    url: url.href,
    header: Object.fromEntries(plan.header),
    body: plan.body?.toString() ?? '',
  };
  const { url: urlBefore, body: bodyBefore } = context;
  let goesOn: unknown;
  try {
    goesOn = await interceptor.interceptorHandle(context, response);
  } catch (error) {
    throw failed(interceptor, error);
  }
  if (goesOn !== true) return false;
  // An unchanged URL stays as it was sent.
  if (context.url !== urlBefore) plan.url = parseUrl(String(context.url));
  else plan.url = url;
  const header = new Map<string, string>();
  for (const [name, value] of Object.entries(context.header ?? {})) {
    if (value !== undefined && value !== null) setField(header, name, String(value));
  }
  plan.header = header;
  if (context.body !== bodyBefore) {
    const body = bodyOf(context.body);
    plan.body = body === undefined || body.length === 0 ? undefined : body;
  }
  return true;
}

function failed(interceptor: HttpInterceptor, error: unknown): BusinessError {
  const type = interceptor.interceptorType;
  return httpError('internal', new Error(`the interceptor of type ${type} has thrown`, { cause: error }));
}

/** The response that an interceptor sees before there is one. */
export function emptyResponse(timing: HttpResponse['performanceTiming']): HttpResponse {
  return {
    result: '',
    resultType: HttpDataType.STRING,
    responseCode: 0,
    header: {},
    cookies: '',
    performanceTiming: timing,
  };
}
