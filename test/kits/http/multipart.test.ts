// `multiFormDataList`: forms as a body (RFC 7578).

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { http } from '../../../src/kits/http/index.ts';
import { useNetwork } from '../../../src/testing/index.ts';
import { failure, request } from './site.ts';

const url = 'http://api.example/upload';
const header = { 'Content-Type': 'multipart/form-data' };
let folder = '';

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'harmony-websocket-form-'));
  writeFileSync(join(folder, 'picture.png'), 'PNG');
});

after(() => rm(folder, { recursive: true }));

/** The body that a form makes, with its boundary replaced by a word. */
async function sent(multiFormDataList: http.MultiFormData[], options: http.HttpRequestOptions = {}): Promise<string> {
  await using network = useNetwork();
  const server = network.serveHTTP(url);
  await request(url, { method: http.RequestMethod.POST, header, multiFormDataList, ...options });
  const { headers, body } = server.calls[0]!;
  const boundary = /^multipart\/form-data; boundary=(\S+)$/.exec(headers['content-type'] ?? '')?.[1];
  assert.equal(headers['content-length'], String(body.length));
  return boundary === undefined ? body.toString() : body.toString('latin1').replaceAll(boundary, 'BOUNDARY');
}

describe('multiFormDataList', () => {
  test('data of each kind, and a file, with and without a name for the server', async () => {
    const contentType = 'text/plain';
    const filePath = join(folder, 'picture.png');
    const form = await sent([
      { name: 'a', contentType, data: 'text' },
      { name: 'b', contentType: 'application/json', data: { x: 1 } },
      { name: 'c', contentType: '', data: new Uint8Array([1, 255]).buffer, remoteFileName: 'bytes.bin' },
      { name: 'd', contentType: 'image/png', filePath },
      { name: 'e', contentType: 'image/png', filePath, remoteFileName: 'other.png' },
      { name: 'f', contentType, data: 'data comes first', filePath },
    ]);
    const part = (name: string, type: string, body: string, file = ''): string =>
      `--BOUNDARY\r\nContent-Disposition: form-data; name="${name}"${file === '' ? '' : `; filename="${file}"`}\r\n` +
      `${type === '' ? '' : `Content-Type: ${type}\r\n`}\r\n${body}\r\n`;
    assert.equal(
      form,
      part('a', 'text/plain', 'text') +
        part('b', 'application/json', '{"x":1}') +
        part('c', '', '\x01\xff', 'bytes.bin') +
        part('d', 'image/png', 'PNG', 'picture.png') +
        part('e', 'image/png', 'PNG', 'other.png') +
        part('f', 'text/plain', 'data comes first') +
        '--BOUNDARY--\r\n',
    );
  });

  test('names cannot end their line or their quotation marks', async () => {
    const form = await sent([{ name: 'a"\r\nb', contentType: 'text/plain\r\nX: y', data: 'x' }]);
    assert.match(form, /name="a%22%0D%0Ab"\r\nContent-Type: text\/plain X: y\r\n\r\nx/);
  });

  test('fields without a name, or without content, are left out; with none left the body is extraData', async () => {
    const form = await sent(
      [
        { name: '', contentType: 'text/plain', data: 'x' },
        { name: 'a', contentType: 'text/plain' },
      ],
      { extraData: 'instead' },
    );
    assert.equal(form, 'instead');
  });

  test('another content type leaves the form out', async () => {
    const list = [{ name: 'a', contentType: 'text/plain', data: 'x' }];
    assert.equal(await sent(list, { header: { 'Content-Type': 'text/plain' }, extraData: 'instead' }), 'instead');
  });

  test('2300026 for a file that cannot be read', async () => {
    await using _network = useNetwork();
    const multiFormDataList = [{ name: 'a', contentType: 'text/plain', filePath: join(folder, 'nowhere') }];
    assert.equal(
      await failure(request(url, { method: http.RequestMethod.POST, header, multiFormDataList })),
      '2300026 Failed to open or read local data from the file or application',
    );
  });
});
