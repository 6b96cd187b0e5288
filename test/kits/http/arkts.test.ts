// `http` as an ArkTS file has it, from the built package: one module by both names, with the one class of errors.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { project } from '../../register/project.ts';

describe('http in an ArkTS file', { timeout: 60_000 }, () => {
  test('both import forms, and errors of the class that the other kits have', async (context) => {
    const { code, stdout, stderr } = await project(context, {
      'main.ets': `
        import { http } from '@kit.NetworkKit';
        import ohosHttp from '@ohos.net.http';
        import { BusinessError } from '@kit.BasicServicesKit';
        console.log(http === ohosHttp, http.RequestMethod.POST, http.ResponseCode.OK);
        const task: http.HttpRequest = http.createHttp();
        const options: http.HttpRequestOptions = { usingProxy: false };
        task.request('http://127.0.0.1:1/', options, (err: BusinessError, data: http.HttpResponse) => {
          console.log(err.code, err.message, err instanceof BusinessError, data);
          task.destroy();
        });`,
    }).run('main.ets');
    assert.equal(code, 0, stderr);
    assert.equal(stdout, 'true POST 200\n2300007 Failed to connect to the server true undefined\n');
  });

  test('is on the network of harmony-websocket/testing, by the same clock', async (context) => {
    const { code, stdout, stderr } = await project(context, {
      'main.ets': `
        import { http } from '@kit.NetworkKit';
        import { useNetwork } from 'harmony-websocket/testing';
        const network = useNetwork();
        network.serveHTTP('http://api.example/', { body: { token: 'abc' }, delay: 1000 });
        const task = http.createHttp();
        const answer = task.request('http://api.example/token', { expectDataType: http.HttpDataType.OBJECT });
        await network.advance(1000);
        const response = await answer;
        console.log(JSON.stringify(response.result), response.performanceTiming.totalTiming);
        const late = task.request('http://api.example/token', { readTimeout: 500 }).catch((error: Error) => console.log(error.message));
        await network.advance(500);
        await late;
        await network.advance(1000);
        task.destroy();
        await network.uninstall();`,
    }).run('main.ets');
    assert.equal(code, 0, stderr);
    assert.equal(stdout, '{"token":"abc"} 1000\nOperation timeout\n');
  });

  test('a rejection that nothing handles is a warning', async (context) => {
    const { code, stdout, stderr } = await project(context, {
      'main.ets': `
        import { http } from '@kit.NetworkKit';
        http.createHttp().request('ftp://host/');
        setTimeout(() => console.log('still here'), 10);`,
    }).run('main.ets');
    assert.equal(code, 0, stderr);
    assert.equal(stdout, 'still here\n');
    assert.match(stderr, /HttpRequest\.request failed with 2300001 "Unsupported protocol"/);
  });
});
