// `@kit.ArkTS` in ArkTS files: what a networking layer does with it, and that its modules give the same objects.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { project } from './project.ts';

describe('@kit.ArkTS', () => {
  test('a codec of a networking layer runs unchanged', async (context) => {
    const outcome = await project(context, {
      'Codec.ets': `
        import { ArrayList, HashMap, JSON, url, util } from '@kit.ArkTS';
        import { BusinessError } from '@kit.BasicServicesKit';

        export class Codec {
          private encoder: util.TextEncoder = util.TextEncoder.create('utf-8');
          private decoder: util.TextDecoder = util.TextDecoder.create('utf-8', { ignoreBOM: true });
          private base64: util.Base64Helper = new util.Base64Helper();
          private queue: ArrayList<string> = new ArrayList<string>();
          private waiting: HashMap<string, number> = new HashMap();

          encode(name: string, value: Object): string {
            this.queue.add(name);
            this.waiting.set(name, this.queue.length);
            return this.base64.encodeToStringSync(this.encoder.encodeInto(JSON.stringify(value)), util.Type.BASIC);
          }

          decode(text: string): Object | null {
            return JSON.parse(this.decoder.decodeToString(this.base64.decodeSync(text)));
          }

          address(base: string, token: string): string {
            const address: url.URL = url.URL.parseURL(base);
            address.params.append('token', token);
            return address.toString();
          }

          last(): string {
            return this.queue[this.queue.length - 1] + this.waiting.get('hello');
          }

          wrong(): string {
            try {
              this.decode('*');
            } catch (error) {
              return (error as BusinessError).code + ' ' + (error as BusinessError).message;
            }
            return '';
          }
        }`,
      'main.ets': `
        import { Codec } from './Codec';
        const codec = new Codec();
        const text = codec.encode('hello', { id: 1, text: 'grüß' } as Object);
        console.log(text);
        console.log(codec.decode(text));
        console.log(codec.address('wss://host/chat?a=1', 'x y'));
        console.log(codec.last());
        console.log(codec.wrong());`,
    }).run('main.ets');
    assert.equal(outcome.stderr, '');
    assert.deepEqual(outcome.stdout.trimEnd().split('\n'), [
      'eyJpZCI6MSwidGV4dCI6Imdyw7zDnyJ9',
      "{ id: 1, text: 'grüß' }",
      'wss://host/chat?a=1&token=x+y',
      'hello1',
      '401 Parameter error. The input string contains unsupported characters.',
    ]);
  });

  test('the single modules give the same objects', async (context) => {
    const outcome = await project(context, {
      'main.ets': `
        import { ArkTSUtils, ArrayList, JSON, TreeSet, buffer, collections, fastbuffer, lang, taskpool, url, util, worker } from '@kit.ArkTS';
        import { MessageEvents } from '@kit.ArkTS';
        import ofBuffer from '@ohos.buffer';
        import ofFastbuffer from '@ohos.fastbuffer';
        import ofTaskpool from '@ohos.taskpool';
        import ofWorker from '@ohos.worker';
        import ofUtil from '@ohos.util';
        import ofUrl from '@ohos.url';
        import ofJson from '@ohos.util.json';
        import OfArrayList from '@ohos.util.ArrayList';
        import OfTreeSet from '@ohos.util.TreeSet';
        import ofCollections from '@arkts.collections';
        import ofLang from '@arkts.lang';
        import ofUtils from '@arkts.utils';
        console.log([ofUtil === util, ofUrl === url, ofJson === JSON, OfArrayList === ArrayList, OfTreeSet === TreeSet,
          ofCollections === collections, ofLang === lang, ofUtils === ArkTSUtils,
          ofBuffer === buffer, ofFastbuffer === fastbuffer, ofTaskpool === taskpool, ofWorker === worker].join());
        export function answer(event: MessageEvents): Object { return event.data; }`,
    }).run('main.ets');
    assert.equal(outcome.stderr, '');
    assert.equal(outcome.stdout, `${Array(12).fill('true').join()}\n`);
  });

  test('errors are those of harmony-websocket', async (context) => {
    const outcome = await project(context, {
      'main.ets': `
        import { util } from '@kit.ArkTS';
        import { BusinessError } from 'harmony-websocket';
        try {
          util.parseUUID('x');
        } catch (error) {
          console.log(error instanceof BusinessError, error.code);
        }`,
    }).run('main.ets');
    assert.equal(outcome.stderr, '');
    assert.equal(outcome.stdout, 'true 10200002\n');
  });
});
