// Serves the page of `serve`: a fixed table of files, read once. A path that is not in the table does not exist, so no
// request can name any other file.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';

const files = {
  '/': ['index.html', 'text/html; charset=utf-8'],
  '/page.css': ['page.css', 'text/css; charset=utf-8'],
  '/page.js': ['page.js', 'text/javascript; charset=utf-8'],
  '/log.js': ['log.js', 'text/javascript; charset=utf-8'],
  '/announcer.js': ['announcer.js', 'text/javascript; charset=utf-8'],
  '/icon.svg': ['icon.svg', 'image/svg+xml'],
} as const;

/** Nothing from elsewhere, no inline code; sockets to anywhere, because that is what the page is for. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob:",
  'connect-src ws: wss:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

interface StoredFile {
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string | number>>;
}

/** A request listener for `node:http` that knows the page and nothing else. */
export function createPageHandler(): (request: IncomingMessage, response: ServerResponse) => void {
  const stored = new Map(Object.entries(files).map(([path, [name, type]]) => [path, load(name, type)]));
  return (request, response) => answer(stored, request, response);
}

function load(name: string, type: string): StoredFile {
  const body = readFileSync(new URL(`./page/${name}`, import.meta.url));
  const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
  return {
    body,
    headers: {
      'Content-Type': type,
      'Content-Length': body.length,
      // Kept, but asked for again each time: after an upgrade of the package the page must be the new one.
      'Cache-Control': 'no-cache',
      ETag: etag,
      'Content-Security-Policy': policy,
      'X-Content-Type-Options': 'nosniff',
      'Referrer-Policy': 'no-referrer',
      'Cross-Origin-Resource-Policy': 'same-origin',
    },
  };
}

function answer(stored: ReadonlyMap<string, StoredFile>, request: IncomingMessage, response: ServerResponse): void {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    refuse(request, response, 405, 'this server answers only GET and HEAD', { Allow: 'GET, HEAD' });
    return;
  }
  const path = (request.url ?? '/').split('?', 1)[0]!;
  const file = stored.get(path);
  if (file === undefined) {
    refuse(request, response, 404, 'not found; the page is at /, and every path accepts WebSocket connections');
    return;
  }
  if (request.headers['if-none-match'] === file.headers.ETag) {
    response.writeHead(304, { ETag: file.headers.ETag, 'Cache-Control': 'no-cache' }).end();
    return;
  }
  response.writeHead(200, file.headers);
  response.end(request.method === 'HEAD' ? undefined : file.body);
}

function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  text: string,
  headers: Record<string, string> = {},
): void {
  const body = `${text}\n`;
  response.writeHead(status, {
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
    'X-Content-Type-Options': 'nosniff',
    ...headers,
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}
