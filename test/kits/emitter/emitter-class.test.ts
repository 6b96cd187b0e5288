// The class `emitter.Emitter`: what it shares with the namespace, and that its events are its own.

import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import { emitter } from '../../../src/kits/emitter/index.ts';
import { Recorder, unsubscribeAll } from './recorder.ts';

afterEach(() => unsubscribeAll('a'));

describe('emitter.Emitter', () => {
  test('events are those of one instance', async () => {
    const recorder = new Recorder();
    const [first, second] = [new emitter.Emitter(), new emitter.Emitter()];
    first.on('a', recorder.as('first'));
    second.on('a', recorder.as('second'));
    emitter.on('a', recorder.as('namespace'));
    first.emit('a', { data: { x: 1 } });
    assert.deepEqual(await recorder.delivered(), [['first', { x: 1 }]]);
    emitter.emit('a');
    assert.deepEqual(await recorder.delivered(), ['namespace']);
  });

  test('on, once, off and getListenerCount do what those of the namespace do', async () => {
    const recorder = new Recorder();
    const own = new emitter.Emitter();
    const kept = recorder.as('kept');
    own.on('a', kept);
    own.once('a', recorder.as('once'));
    assert.equal(own.getListenerCount('a'), 2);
    own.emit('a');
    own.emit('a');
    assert.deepEqual(await recorder.delivered(), ['kept', 'once', 'kept']);
    own.off('a', kept);
    assert.equal(own.getListenerCount('a'), 0);
    own.on('a', kept);
    own.off('a');
    own.emit('a');
    assert.deepEqual(await recorder.delivered(), []);
  });

  test('priorities order the events of all instances and of the namespace', async () => {
    const recorder = new Recorder();
    const [first, second] = [new emitter.Emitter(), new emitter.Emitter()];
    first.on('a', recorder.as('first'));
    second.on<string>('a', (event) => recorder.events.push(event.data));
    emitter.on('a', recorder.as('namespace'));
    first.emit('a', { priority: emitter.EventPriority.IDLE });
    emitter.emit('a');
    second.emit<string>('a', { priority: emitter.EventPriority.HIGH }, { data: 'second' });
    assert.deepEqual(await recorder.delivered(), ['second', 'namespace', 'first']);
  });

  test('IDs are texts: numbers are ignored', async () => {
    const own = new emitter.Emitter();
    const loose = own as unknown as Record<string, (...args: unknown[]) => unknown>;
    loose.on!({ eventId: 1 }, () => assert.fail('called'));
    loose.emit!({ eventId: 1 });
    assert.equal(loose.getListenerCount!(1), undefined);
  });

  test('can be extended', async () => {
    const recorder = new Recorder();
    class Bus extends emitter.Emitter {
      say(text: string): void {
        this.emit('a', { data: { text } });
      }
    }
    const bus = new Bus();
    bus.on('a', recorder.as('bus'));
    bus.say('hello');
    assert.deepEqual(await recorder.delivered(), [['bus', { text: 'hello' }]]);
  });
});
