import assert from 'node:assert/strict';
import { WebSocket, WebSocketServer } from 'ws';
import type { Scope } from '../support/handles.ts';
import { place } from './place.ts';
import { trial } from './trial.ts';

trial(
  {
    name: '@supabase/realtime-js',
    exercised: 'transport: a channel joined, a broadcast each way (binary and text), left, disconnect',
    asks: null, // it gets the class as an option
  },
  async (scope) => {
    const { RealtimeClient } = await import('@supabase/realtime-js');
    timersNeedNotEnd(scope);
    const { server, host } = await place(scope);
    const sockets = new WebSocketServer({ server, path: '/realtime/websocket' });
    scope.defer(() => sockets.close());
    const events: string[] = [];
    const binary: Buffer[] = [];
    sockets.on('connection', (socket) => {
      socket.on('message', (data: Buffer, isBinary: boolean) => {
        if (isBinary) {
          binary.push(data);
          // One byte each: kind, lengths of the reference of the join, of the reference and of the topic; then these texts.
          const [, joinSize = 0, refSize = 0, topicSize = 0] = data;
          const texts = data.subarray(data.indexOf('room') - 'realtime:'.length - refSize - joinSize);
          const at = (from: number, size: number): string => String(texts.subarray(from, from + size));
          const topic = at(joinSize + refSize, topicSize);
          const reply = [at(0, joinSize), at(joinSize, refSize), topic, 'phx_reply', { status: 'ok', response: {} }];
          socket.send(JSON.stringify(reply));
          return;
        }
        const [join, ref, topic, event] = JSON.parse(String(data)) as [string, string, string, string];
        events.push(event);
        socket.send(JSON.stringify([join, ref, topic, 'phx_reply', { status: 'ok', response: {} }]));
        if (event !== 'phx_join') return;
        const payload = { type: 'broadcast', event: 'said', payload: { text: 'é' } };
        socket.send(JSON.stringify([join, null, topic, 'broadcast', payload]));
      });
    });
    const client = new RealtimeClient(`ws://${host}/realtime`, {
      transport: WebSocket as never,
      params: { apikey: 'key' },
    });
    const channel = client.channel('room');
    const heard = new Promise((resolve) => channel.on('broadcast', { event: 'said' }, resolve));
    await new Promise<void>((resolve, reject) => {
      channel.subscribe((status, error) => {
        if (status === 'SUBSCRIBED') resolve();
        else if (error !== undefined) reject(error);
      });
    });
    assert.deepEqual(((await heard) as { payload: unknown }).payload, { text: 'é' });
    await channel.send({ type: 'broadcast', event: 'heard', payload: { text: 'hello' } });
    assert.equal(await channel.unsubscribe(), 'ok');
    while (!events.includes('phx_leave')) await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(events, ['phx_join', 'phx_leave']);
    assert.match(String(binary[0]), /heard.*hello/su);
    await client.disconnect();
  },
);

/** Each end of its connection leaves a timer of ten seconds behind, which must not hold up the trial. */
function timersNeedNotEnd(scope: Scope): void {
  const { setTimeout } = globalThis;
  scope.defer(() => {
    globalThis.setTimeout = setTimeout;
  });
  globalThis.setTimeout = ((run: () => void, delay: number) => {
    const timer = setTimeout(run, delay);
    return delay === 10_000 ? timer.unref() : timer;
  }) as typeof setTimeout;
}
