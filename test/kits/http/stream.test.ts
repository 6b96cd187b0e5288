// `http.HttpRequest.requestInStream` and the events of a task.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { http } from '../../../src/kits/http/index.ts';
import { useNetwork } from '../../../src/testing/index.ts';
import { failure } from './site.ts';

const url = 'http://api.example/file';

/** A task that writes its events to a list. */
function recorded(): { task: http.HttpRequest; events: string[]; bytes: () => Buffer } {
  const task = http.createHttp();
  const events: string[] = [];
  const parts: Buffer[] = [];
  task.on('headersReceive', (header) => events.push(`headersReceive ${(header as Record<string, string>)['x-kind']}`));
  task.on('dataReceive', (data) => {
    assert.ok(data instanceof ArrayBuffer);
    parts.push(Buffer.from(data));
    events.push(`dataReceive ${data.byteLength}`);
  });
  task.on('dataReceiveProgress', ({ receiveSize, totalSize }) => events.push(`received ${receiveSize}/${totalSize}`));
  task.on('dataSendProgress', ({ sendSize, totalSize }) => events.push(`sent ${sendSize}/${totalSize}`));
  task.on('dataEnd', (value) => events.push(`dataEnd ${value}`));
  return { task, events, bytes: () => Buffer.concat(parts) };
}

describe('requestInStream', () => {
  test('events in order, and the status after the end', async () => {
    await using network = useNetwork({ chunkSize: 1000 });
    network.serveHTTP(url, { headers: { 'X-Kind': 'file' }, body: Buffer.alloc(1500, 'a') });
    const { task, events, bytes } = recorded();
    const code = await task.requestInStream(url).finally(() => events.push('answered'));
    assert.equal(code, 200);
    assert.equal(bytes().toString(), 'a'.repeat(1500));
    assert.equal(events[0], 'headersReceive file');
    assert.deepEqual(events.slice(-2), ['dataEnd undefined', 'answered']);
    assert.ok(events.includes('received 1500/1500'));
    assert.ok(events.filter((event) => event.startsWith('dataReceive ')).length >= 2);
    task.destroy();
  });

  test('a callback, without and with options', async () => {
    await using network = useNetwork();
    network.serveHTTP(url, { status: 404, body: 'x' });
    const { task, events } = recorded();
    const answers: unknown[][] = [];
    task.requestInStream(url, (...values) => answers.push(values));
    task.requestInStream(url, { method: http.RequestMethod.POST }, (...values) => answers.push(values));
    await network.settle();
    assert.deepEqual(answers, [
      [undefined, 404],
      [undefined, 404],
    ]);
    assert.equal(events.filter((event) => event === 'dataEnd undefined').length, 2);
  });

  test('sent bytes are told, by request too', async () => {
    await using network = useNetwork();
    network.serveHTTP(url);
    const { task, events } = recorded();
    const options = { method: http.RequestMethod.POST, extraData: new ArrayBuffer(100_000) };
    await task.requestInStream(url, options);
    await task.request(url, options);
    const sent = events.filter((event) => event.startsWith('sent'));
    assert.deepEqual(sent, ['sent 65536/100000', 'sent 100000/100000', 'sent 65536/100000', 'sent 100000/100000']);
  });

  test('there is no bound on its length; what is decoded arrives', async () => {
    await using network = useNetwork();
    const size = 6 * 1024 * 1024;
    network.serveHTTP(url, { headers: { 'Content-Encoding': 'gzip' }, body: gzipSync(Buffer.alloc(size)) });
    const { task, bytes } = recorded();
    assert.equal(await task.requestInStream(url, { maxLimit: 10 }), 200);
    assert.equal(bytes().length, size);
  });

  test('request itself does not tell data', async () => {
    await using network = useNetwork();
    network.serveHTTP(url, { headers: { 'X-Kind': 'whole' }, body: 'hello' });
    const { task, events } = recorded();
    await task.request(url);
    assert.deepEqual(events, ['headersReceive whole']);
  });

  test('a body that breaks off is an error, after the data that came', async () => {
    await using network = useNetwork();
    network.peer('http://api.example/', async (peer) => {
      peer.sendAscii('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello');
      await peer.delay(1);
      peer.end();
    });
    const { task, bytes, events } = recorded();
    const answer = failure(task.requestInStream('http://api.example/'));
    await network.advance(1);
    assert.equal(await answer, '2300018 Transferred a partial file');
    assert.equal(bytes().toString(), 'hello');
    assert.ok(!events.includes('dataEnd undefined'));
  });
});

describe('listeners', () => {
  test('headerReceive has an error and the fields; headersReceive the fields only', async () => {
    await using network = useNetwork();
    network.serveHTTP(url, { headers: { 'X-Kind': 'a' } });
    const task = http.createHttp();
    const values: unknown[][] = [];
    task.on('headerReceive', (...given: unknown[]) => values.push(given));
    task.on('headersReceive', (...given: unknown[]) => values.push(given));
    await task.request(url);
    assert.deepEqual(
      values.map((given) => given.map((value) => (value as Record<string, string> | undefined)?.['x-kind'])),
      [[undefined, 'a'], ['a']],
    );
  });

  test('an event has one listener, as on a device; off removes it, or only that one', async () => {
    await using network = useNetwork();
    network.serveHTTP(url);
    const task = http.createHttp();
    const called: string[] = [];
    const [one, two] = [() => called.push('one'), () => called.push('two')];
    task.on('headersReceive', one);
    task.on('headersReceive', two);
    await task.request(url);
    task.off('headersReceive', one);
    await task.request(url);
    task.off('headersReceive', two);
    await task.request(url);
    task.on('headersReceive', one);
    task.off('headersReceive');
    await task.request(url);
    assert.deepEqual(called, ['two', 'two']);
  });

  test('once is called once', async () => {
    await using network = useNetwork();
    network.serveHTTP(url);
    const task = http.createHttp();
    let count = 0;
    task.once('headersReceive', () => count++);
    await task.request(url);
    await task.request(url);
    assert.equal(count, 1);
  });

  for (const type of ['headerReceive', 'dataReceive', 'dataEnd', 'dataReceiveProgress', 'dataSendProgress'] as const) {
    test(`off('${type}')`, async () => {
      await using network = useNetwork();
      network.serveHTTP(url, { body: 'hello' });
      const task = http.createHttp();
      let count = 0;
      const listener = (): void => {
        count++;
      };
      task.on(type as 'dataEnd', listener);
      await task.requestInStream(url, { method: http.RequestMethod.POST, extraData: 'x' });
      assert.equal(count, 1);
      task.off(type as 'dataEnd');
      await task.requestInStream(url, { method: http.RequestMethod.POST, extraData: 'x' });
      assert.equal(count, 1);
    });
  }

  test('wrong arguments throw 401; an event that is not known is ignored', () => {
    const task = http.createHttp();
    const wrong = { code: 401, message: 'Parameter error' };
    assert.throws(() => task.on('dataEnd', 5 as never), wrong);
    assert.throws(() => task.on(5 as never, (() => {}) as never), wrong);
    assert.throws(() => task.once('headersReceive', undefined as never), wrong);
    assert.throws(() => task.off('dataEnd', 5 as never), wrong);
    task.on('nothing' as never, (() => {}) as never);
    task.off('nothing' as never);
  });
});
