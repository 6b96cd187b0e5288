// A request and what follows from it: redirects, the answer to a challenge, cookies, until the head of the final response.

import type { Socket } from 'node:net';
import { policy } from '../host.ts';
import { answerChallenge, basic } from './authentication.ts';
import { type Connection, openConnection } from './connection.ts';
import type { CookieJar } from './cookies.ts';
import { httpError } from './errors.ts';
import { type Exchange, exchange, fieldValue } from './exchange.ts';
import type { RequestPlan } from './request-plan.ts';
import { resolveUrl } from './request-url.ts';
import { fieldOf, fieldsOf, type ResponseFields, setCookiesOf } from './response.ts';
import { BodyBuffer, readBody } from './response-body.ts';
import type { Timing } from './timing.ts';

/** What a transfer needs of its request. */
export interface TransferContext {
  readonly jar: CookieJar;
  readonly timing: Timing;
  /** Ends the transfer, with its `reason`. */
  readonly signal: AbortSignal;
  /** The head of a response has arrived. */
  headers(fields: ResponseFields): void;
  sendProgress(sent: number, total: number): void;
  /**
   * A redirect is about to be followed; the plan has its method and body.
   *
   * @returns whether to follow it
   */
  redirected(status: number, fields: ResponseFields, body: Buffer, to: URL): Promise<boolean>;
}

/** The final response, whose body has not been read. */
export interface Arrived {
  readonly exchange: Exchange;
  readonly fields: ResponseFields;
  readonly socket: Socket;
  readonly isProxied: boolean;
  readonly redirects: number;
}

/** Bytes of a body that nobody wants. */
const UNWANTED = 1024 * 1024;

/**
 * Sends a request, follows its redirects, and waits for the head of the final response. The plan changes with the redirects.
 *
 * @returns `undefined` if a redirect was not followed because the application does not want it
 * @throws (rejects) BusinessError
 */
export async function transfer(plan: RequestPlan, context: TransferContext): Promise<Arrived | undefined> {
  const { jar, timing, signal } = context;
  let authorization = firstAuthorization(plan);
  let hasAnswered = false;
  for (let redirects = 0; ; ) {
    refuseDomain(plan.url);
    const connection = await openConnection(plan.url, plan, timing, signal);
    const { socket } = connection;
    try {
      timing.mark('firstSendTiming');
      const outgoing = {
        method: plan.method,
        target: targetOf(plan, connection),
        fields: fieldsFor(plan, jar, authorization, connection),
        body: plan.body,
        progress: (sent: number, total: number) => context.sendProgress(sent, total),
      };
      const answer = await exchange(socket, outgoing, signal);
      timing.mark('firstReceiveTiming', 'responseHeaderTiming');
      const fields = fieldsOf(answer.message);
      jar.store(setCookiesOf(fields), plan.url);
      context.headers(fields);
      const status = answer.message.statusCode ?? 0;
      const { authentication } = plan;
      if (status === 401 && authentication !== undefined && !hasAnswered) {
        const challenges = [fieldOf(fields, 'www-authenticate')];
        const next = answerChallenge(challenges, authentication, plan.method, pathOf(plan.url));
        // The Basic scheme was sent at once, where it was asked for.
        if (next !== undefined && next !== authorization) {
          hasAnswered = true;
          authorization = next;
          await unwantedBody(answer, signal);
          socket.destroy();
          continue;
        }
      }
      const location = isRedirect(status) ? fieldOf(fields, 'location') : '';
      if (location === '') return { exchange: answer, fields, socket, isProxied: connection.isProxied, redirects };
      if (redirects >= plan.maxRedirects) {
        throw httpError('redirects', `more redirects than maxRedirects (${plan.maxRedirects}) to ${location}`);
      }
      const to = resolveUrl(location, plan.url);
      const body = await unwantedBody(answer, signal);
      socket.destroy();
      redirects++;
      if (to.origin !== plan.url.origin) {
        authorization = undefined;
        plan.header.delete('authorization');
        plan.header.delete('cookie');
      }
      redirectPlan(plan, status);
      if (!(await context.redirected(status, fields, body, to))) return undefined;
      timing.mark('redirectTiming');
    } catch (error) {
      socket.destroy();
      throw error;
    }
  }
}

function refuseDomain({ hostname }: URL): void {
  const host = hostname.replace(/^\[(.*)\]$/u, '$1');
  if (policy().isDomainAllowed(host)) return;
  throw httpError(
    'domain',
    `the host ${JSON.stringify(host)} is not in allowedDomains of configure; add it there, or use another host`,
  );
}

/** RFC 3986 §3.2.1, RFC 7617: the Basic scheme is sent without a challenge. */
function firstAuthorization({ url, authentication }: RequestPlan): string | undefined {
  if (authentication?.scheme === 'basic') return basic(authentication.username, authentication.password);
  if (authentication !== undefined || url.username === '') return undefined;
  return basic(decodeURIComponent(url.username), decodeURIComponent(url.password));
}

function pathOf({ pathname, search }: URL): string {
  return `${pathname}${search}`;
}

function targetOf({ method, url }: RequestPlan, { proxy }: Connection): string {
  if (method.toUpperCase() === 'CONNECT') return url.port === '' ? `${url.host}:80` : url.host;
  return proxy === undefined ? pathOf(url) : `${url.origin}${pathOf(url)}`;
}

/** A device's own fields, which the application may replace. */
const ownFields: readonly (readonly [name: string, value: string])[] = [
  ['user-agent', 'libcurl-agent/1.0'],
  ['accept', '*/*'],
  ['accept-encoding', 'deflate, gzip'],
];
/** Methods whose requests tell the length of a body that is not there. */
const bodyMethods: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH']);

/** Returns all fields. */
function fieldsFor(
  { url, method, header, body }: RequestPlan,
  jar: CookieJar,
  authorization: string | undefined,
  { proxy }: Connection,
): Map<string, string> {
  const fields = new Map<string, string>([['host', url.host], ...ownFields, ...header]);
  // The length is that of the body, whatever the application says.
  for (const name of ['content-length', 'transfer-encoding']) fields.delete(name);
  if (body !== undefined || bodyMethods.has(method)) fields.set('content-length', String(body?.length ?? 0));
  if (authorization !== undefined && !header.has('authorization')) fields.set('authorization', authorization);
  const cookies = [header.get('cookie') ?? '', jar.fieldFor(url)].filter((text) => text !== '').join('; ');
  if (cookies !== '') fields.set('cookie', cookies);
  if (proxy?.username !== undefined && proxy.password !== undefined && !header.has('proxy-authorization')) {
    fields.set('proxy-authorization', basic(proxy.username, proxy.password));
  }
  for (const [name, value] of fields) fields.set(name, fieldValue(value));
  return fields;
}

function isRedirect(status: number): boolean {
  return status === 301 || status === 302 || status === 303 || status === 307 || status === 308;
}

/** RFC 9110 §15.4: 303 asks for GET; after 301 and 302 all clients make a GET of a POST. */
function redirectPlan(plan: RequestPlan, status: number): void {
  const isSeeOther = status === 303 && plan.method !== 'GET' && plan.method !== 'HEAD';
  const isMovedPost = (status === 301 || status === 302) && plan.method === 'POST';
  if (!isSeeOther && !isMovedPost) return;
  plan.method = 'GET';
  plan.body = undefined;
}

/** Reads a body that is not the result, as far as it is short. */
async function unwantedBody(answer: Exchange, signal: AbortSignal): Promise<Buffer> {
  const body = new BodyBuffer(UNWANTED);
  if (answer.isBodiless) return body.bytes();
  await readBody(answer, body, signal).catch((error: unknown) => {
    if (signal.aborted) throw error;
  });
  return body.bytes();
}
