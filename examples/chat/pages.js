// Serves the page: a fixed table of files, read once.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const read = (file) => readFileSync(new URL(file, import.meta.url));
const files = new Map([
  ['/', ['text/html; charset=utf-8', read('page/index.html')]],
  ['/page.css', ['text/css; charset=utf-8', read('page/page.css')]],
  ['/page.js', ['text/javascript; charset=utf-8', read('page/page.js')]],
  ['/room.js', ['text/javascript; charset=utf-8', read('page/room.js')]],
  // The client of resumable sessions for pages: one file without imports.
  [
    '/resume.js',
    [
      'text/javascript; charset=utf-8',
      readFileSync(fileURLToPath(import.meta.resolve('harmony-websocket/resume/browser'))),
    ],
  ],
]);

const headers = {
  'Cache-Control': 'no-cache',
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self' ws: wss:; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
};

/** For `listen({ request })`. */
export function answerRequest({ method, url = '/' }, response) {
  const [type, body] = files.get(url.split('?', 1)[0]) ?? [];
  const isRead = method === 'GET' || method === 'HEAD';
  if (body === undefined || !isRead) {
    response.writeHead(isRead ? 404 : 405, { 'Content-Type': 'text/plain', ...(!isRead && { Allow: 'GET, HEAD' }) });
    response.end(isRead ? 'not found\n' : 'only GET and HEAD\n');
    return;
  }
  response.writeHead(200, { ...headers, 'Content-Type': type, 'Content-Length': body.length });
  response.end(method === 'HEAD' ? undefined : body);
}
