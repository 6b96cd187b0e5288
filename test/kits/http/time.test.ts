// Time of `http`: bounds on requests by the network's clock, and the end by `destroy`.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { http } from '../../../src/kits/http/index.ts';
import { useNetwork } from '../../../src/testing/index.ts';
import { failure, request } from './site.ts';

const url = 'http://api.example/';
const timeout = '2300028 Operation timeout';

/** Whether an answer has come. */
function watched(answer: Promise<string>): { text: string | undefined } {
  const state: { text: string | undefined } = { text: undefined };
  void answer.then((text) => {
    state.text = text;
  });
  return state;
}

describe('readTimeout', () => {
  test('bounds the whole request; 60 s by default', async () => {
    await using network = useNetwork();
    network.peer(url, () => {});
    const answer = watched(failure(request(url)));
    await network.advance(59_999);
    assert.equal(answer.text, undefined);
    await network.advance(1);
    assert.equal(answer.text, timeout);
  });

  test('also within a body', async () => {
    await using network = useNetwork();
    network.peer(url, (peer) => peer.sendAscii('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello'));
    const answer = watched(failure(request(url, { readTimeout: 100 })));
    await network.advance(99);
    assert.equal(answer.text, undefined);
    await network.advance(1);
    assert.equal(answer.text, timeout);
  });

  test('0: no bound', async () => {
    await using network = useNetwork();
    network.serveHTTP(url, { body: 'late', delay: 3_600_000 });
    const answer = request(url, { readTimeout: 0 });
    await network.advance(3_600_000);
    assert.equal((await answer).result, 'late');
  });

  test('bounds a stream, too, and an interceptor that does not end', async () => {
    await using network = useNetwork();
    network.serveHTTP(url, { delay: 200 });
    const task = http.createHttp();
    const stream = watched(failure(task.requestInStream(url, { readTimeout: 100 })));
    const chain = new http.HttpInterceptorChain();
    chain.addChain([
      { interceptorType: http.InterceptorType.INITIAL_REQUEST, interceptorHandle: () => new Promise(() => {}) },
    ]);
    const other = http.createHttp();
    chain.apply(other);
    const intercepted = watched(failure(other.request(url, { readTimeout: 100 })));
    await network.advance(100);
    assert.deepEqual([stream.text, intercepted.text], [timeout, timeout]);
    await network.advance(100);
  });
});

describe('connectTimeout', () => {
  test('bounds the connection, 60 s by default', async () => {
    await using network = useNetwork({ latency: 40_000 });
    network.serveHTTP(url);
    const answer = watched(failure(request(url, { readTimeout: 0 })));
    await network.advance(59_999);
    assert.equal(answer.text, undefined);
    await network.advance(1);
    assert.equal(answer.text, timeout);
    await network.advance(40_000);
  });

  test('does not bound the response', async () => {
    await using network = useNetwork();
    network.serveHTTP(url, { body: 'late', delay: 1000 });
    const answer = request(url, { connectTimeout: 100 });
    await network.advance(1000);
    assert.equal((await answer).result, 'late');
  });
});

describe('destroy', () => {
  const ended = '2300023 Failed to write the received data to the disk or application';

  test('ends what is connecting, waiting for a head, and within a body', async () => {
    await using network = useNetwork({ latency: 10 });
    network.peer(url, () => {});
    network.peer('http://half.example/', (peer) =>
      peer.sendAscii('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello'),
    );
    for (const [target, time] of [
      [url, 0],
      [url, 100],
      ['http://half.example/', 100],
    ] as const) {
      const task = http.createHttp();
      const answers = [failure(task.request(target)), failure(task.requestInStream(target))];
      await network.advance(time);
      task.destroy();
      assert.deepEqual(await Promise.all(answers), [ended, ended]);
    }
    await network.advance(100);
    assert.deepEqual(network.open(), []);
  });

  test('removes the listeners; a second call does nothing; later requests fail with 2300999', async () => {
    await using network = useNetwork();
    network.serveHTTP(url, { body: 'x', delay: 10 });
    const task = http.createHttp();
    let isCalled = false;
    task.on('headersReceive', () => {
      isCalled = true;
    });
    const answer = failure(task.request(url));
    await network.settle();
    task.destroy();
    task.destroy();
    await network.advance(10);
    assert.equal(await answer, ended);
    assert.equal(isCalled, false);
    assert.equal(await failure(task.request(url)), '2300999 Internal error');
  });

  test('leaves nothing open after an answer', async () => {
    await using network = useNetwork();
    network.serveHTTP(url, { body: 'x' });
    await http.createHttp().request(url);
    await network.settle();
    assert.deepEqual(network.open(), []);
  });
});
