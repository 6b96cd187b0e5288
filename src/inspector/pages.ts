// What an inspector answers over HTTP: the lists by which Chromium finds what can be inspected, and a page of text that says how
// to open DevTools.

import { Buffer } from 'node:buffer';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Access, Denial } from './access.ts';
import type { Inspected } from './commands.ts';

/** What the lists tell. */
export interface Pages {
  readonly inspected: Inspected;
  readonly access: Access;
  readonly isEncrypted: boolean;
  /** In the URLs that are shown to those who know it. */
  readonly token: string | undefined;
}

/** The path of the socket. */
export function socketPath({ inspected, token }: Pick<Pages, 'inspected' | 'token'>): string {
  return `/devtools/page/${inspected.id}${token === undefined ? '' : `?token=${token}`}`;
}

/** The URL that opens Chromium's DevTools. @param hostField  host and port */
export function devtoolsUrl(pages: Pick<Pages, 'inspected' | 'token' | 'isEncrypted'>, hostField: string): string {
  const parameter = pages.isEncrypted ? 'wss' : 'ws';
  const socket = encodeURIComponent(hostField + socketPath(pages))
    .replaceAll('%2F', '/')
    .replaceAll('%3A', ':');
  return `devtools://devtools/bundled/js_app.html?${parameter}=${socket}&panel=network`;
}

/** Answers one request. */
export function answerPage(pages: Pages, request: IncomingMessage, response: ServerResponse): void {
  const { method, url = '/', headers } = request;
  const denial = pages.access.check({ url, headers });
  if (denial !== undefined) refuse(response, denial);
  else if (method !== 'GET' && method !== 'HEAD' && method !== 'PUT')
    refuse(response, { status: 405, reason: 'use GET' });
  else {
    const path = (url.split('?', 1)[0] as string).replace(/(.)\/$/, '$1');
    const page = pageAt(path, pages, headers.host ?? '');
    if (page === undefined) refuse(response, { status: 404, reason: 'not found; the list is at /json/list' });
    else if (typeof page === 'string') send(response, 200, 'text/plain; charset=utf-8', page);
    else send(response, 200, 'application/json; charset=utf-8', JSON.stringify(page, undefined, 2));
  }
}

function pageAt(path: string, pages: Pages, hostField: string): object | string | undefined {
  const { inspected } = pages;
  switch (path) {
    case '/':
      return `${inspected.title}\n\nOpen this in Chromium or Chrome:\n${devtoolsUrl(pages, hostField)}\n`;
    case '/json':
    case '/json/list':
      return [target(pages, hostField)];
    case '/json/version':
      return { Browser: inspected.product, 'Protocol-Version': '1.3' };
    case '/json/protocol':
      return PROTOCOL;
    default:
      return undefined;
  }
}

function target(pages: Pages, hostField: string): object {
  const { id, title, url } = pages.inspected;
  const frontEnd = devtoolsUrl(pages, hostField);
  return {
    description: 'WebSocket traffic of a server',
    devtoolsFrontendUrl: frontEnd,
    devtoolsFrontendUrlCompat: frontEnd,
    id,
    title,
    // `chrome://inspect` opens its own front end for programs; a page would be shown with an empty screen beside it.
    type: 'node',
    url,
    webSocketDebuggerUrl: `${pages.isEncrypted ? 'wss' : 'ws'}://${hostField}${socketPath(pages)}`,
  };
}

/** What is told of the protocol: the events. All else that DevTools asks for is answered as by something that has nothing of it. */
const PROTOCOL = {
  version: { major: '1', minor: '3' },
  domains: [
    {
      domain: 'Network',
      commands: ['enable', 'disable'].map((name) => ({ name })),
      events: [
        'webSocketCreated',
        'webSocketWillSendHandshakeRequest',
        'webSocketHandshakeResponseReceived',
        'webSocketFrameSent',
        'webSocketFrameReceived',
        'webSocketFrameError',
        'webSocketClosed',
      ].map((name) => ({ name })),
    },
  ],
};

function refuse(response: ServerResponse, { status, reason }: Denial | { status: number; reason: string }): void {
  send(response, status, 'text/plain; charset=utf-8', `${reason}\n`);
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, {
    'Content-Type': type,
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    'Cross-Origin-Resource-Policy': 'same-origin',
  });
  response.end(response.req.method === 'HEAD' ? undefined : body);
}
