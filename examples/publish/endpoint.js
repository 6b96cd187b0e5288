// `POST /publish`: programs in other languages publish over HTTP to the WebSocket clients of all nodes. A request listener for
// `node:http` around a publisher of harmony-websocket/bus.
//
//   curl http://127.0.0.1:8090/publish -H "Authorization: Bearer $PUBLISH_TOKEN" \
//     -H 'Content-Type: application/json' -d '{ "topic": "news", "data": "Hello" }'

import { isUtf8 } from 'node:buffer';
import { createHash, timingSafeEqual } from 'node:crypto';

/** Bytes of a request's body; requests of all callers in a second, and how many may come at once. */
export const bounds = { body: 65_536, perSecond: 200, atOnce: 400 };

/**
 * @param {object} options
 * @param {import('harmony-websocket/bus').BusPublisher} options.publisher
 * @param {string} options.token      what callers must present, at least 16 characters
 * @param {(topic: string) => boolean} [options.allows]  which topics they may publish to
 * @param {() => number} [options.now]  milliseconds
 * @returns {import('node:http').RequestListener}
 */
export function publishEndpoint({ publisher, token, allows = () => true, now = () => performance.now() }) {
  if (!(token?.length >= 16)) throw new Error('the token has less than 16 characters; make one: openssl rand -hex 24');
  const isRight = tokenCheck(token);
  const takeOne = bucket(now);

  async function answer(request) {
    if (request.url?.split('?', 1)[0] !== '/publish') throw problem(404, 'not found; POST /publish');
    if (request.method !== 'POST') throw problem(405, 'use POST', { Allow: 'POST' });
    // First who it is: strangers learn nothing else, and cannot use up the rate.
    if (!isRight(request.headers.authorization)) {
      throw problem(401, 'send Authorization: Bearer <token>', { 'WWW-Authenticate': 'Bearer' });
    }
    const wait = takeOne();
    if (wait > 0)
      throw problem(429, `more than ${bounds.perSecond} requests a second`, { 'Retry-After': Math.ceil(wait / 1_000) });
    if (!/^application\/json\b/i.test(request.headers['content-type'] ?? '')) {
      throw problem(415, 'send Content-Type: application/json');
    }
    const { topic, data, base64 } = readMessage(await bodyOf(request));
    if (!allows(topic)) throw problem(403, `topic ${JSON.stringify(topic)} is not one to publish to here`);
    let isHanded;
    try {
      isHanded = publisher.publish(topic, base64 === undefined ? data : Buffer.from(base64, 'base64'));
    } catch (error) {
      throw problem(400, error.message); // the topic cannot be, or the broker does not take so much
    }
    // At most once: what the broker did not get is for the caller to send again.
    if (!isHanded) throw problem(503, 'the broker cannot be reached; nothing was published', { 'Retry-After': 1 });
  }

  return async (request, response) => {
    // `request.socket` is null once the request has been destroyed.
    const { socket } = request;
    try {
      await answer(request);
      // Not 200: nobody knows who gets it. The count of subscribers is on many nodes.
      respond(response, 202, { published: true });
    } catch (error) {
      const { status = 500, headers } = error;
      if (status === 500) console.error(error);
      respond(response, status, { error: status === 500 ? 'internal error' : error.message }, headers);
      // The rest of a body that is too large, or of somebody who may not, is not read.
      if (!request.complete) response.once('finish', () => socket.destroySoon());
    }
  };
}

function readMessage(body) {
  let message;
  try {
    message = JSON.parse(body);
  } catch {
    throw problem(400, 'the body is not JSON');
  }
  const { topic, data, base64, ...others } = Object(message);
  if (typeof topic !== 'string' || topic === '' || topic.length > 256)
    throw problem(400, 'topic: a text of 1 to 256 characters');
  const isText = typeof data === 'string' && base64 === undefined;
  const isBinary = data === undefined && typeof base64 === 'string' && /^[A-Za-z0-9+/]*={0,2}$/.test(base64);
  if (!isText && !isBinary) throw problem(400, 'either data, a text, or base64, the bytes of a binary message');
  const [other] = Object.keys(others);
  if (other !== undefined)
    throw problem(400, `${JSON.stringify(other)} is not known; topic and data, or topic and base64`);
  return { topic, data, base64 };
}

async function bodyOf(request) {
  const tooLarge = () => problem(413, `the body has more than ${bounds.body} bytes`);
  if (Number(request.headers['content-length'] ?? 0) > bounds.body) throw tooLarge();
  const chunks = [];
  let size = 0;
  // The answer still has to leave by this socket.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    size += chunk.length;
    if (size > bounds.body) throw tooLarge();
    chunks.push(chunk);
  }
  const bytes = Buffer.concat(chunks);
  if (!isUtf8(bytes)) throw problem(400, 'the body is not UTF-8');
  return bytes.toString('utf8');
}

/** Compares in a time that does not depend on where two tokens differ: digests have the same length. */
function tokenCheck(token) {
  const digest = (text) => createHash('sha256').update(text).digest();
  const expected = digest(token);
  return (header) => {
    const [, given = ''] = /^Bearer +(\S+)$/i.exec(header ?? '') ?? [];
    return timingSafeEqual(digest(given), expected);
  };
}

/** `perSecond` on average, `atOnce` at a time. @returns a function that gives milliseconds to wait, 0 where one was taken */
function bucket(now) {
  let left = bounds.atOnce;
  let since = now();
  return () => {
    left = Math.min(bounds.atOnce, left + ((now() - since) / 1_000) * bounds.perSecond);
    since = now();
    if (left < 1) return ((1 - left) / bounds.perSecond) * 1_000;
    left--;
    return 0;
  };
}

function problem(status, message, headers = {}) {
  return Object.assign(new Error(message), { status, headers });
}

function respond(response, status, body, headers = {}) {
  const text = `${JSON.stringify(body)}\n`;
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(text),
    ...headers,
  });
  response.end(text);
}
