import 'reflect-metadata';
import assert from 'node:assert/strict';
import { call, placeOf } from './place.ts';
import { trial } from './trial.ts';

trial(
  {
    name: '@nestjs/platform-ws',
    exercised: 'WsAdapter on the HTTP server: gateway with path, events, pushed by the server, close',
    beside: ['@nestjs/core', '@nestjs/common', '@nestjs/websockets', '@nestjs/platform-express'],
  },
  async (scope) => {
    const { Module } = await import('@nestjs/common');
    const { NestFactory } = await import('@nestjs/core');
    const { WsAdapter } = await import('@nestjs/platform-ws');
    const { SubscribeMessage, WebSocketGateway, WebSocketServer } = await import('@nestjs/websockets');
    // Decorators by hand: the files of this repository have only what Node can strip.
    class Gateway {
      server: import('ws').WebSocketServer | undefined;
      handleEvents(_client: unknown, data: number): { event: string; data: number } {
        return { event: 'doubled', data: 2 * data };
      }
      handleConnection(client: import('ws').WebSocket): void {
        client.send(JSON.stringify({ event: 'welcome', data: this.server?.clients.size }));
      }
    }
    WebSocketServer()(Gateway.prototype, 'server');
    SubscribeMessage('double')(
      Gateway.prototype,
      'handleEvents',
      Object.getOwnPropertyDescriptor(Gateway.prototype, 'handleEvents') as PropertyDescriptor,
    );
    WebSocketGateway({ path: '/events' })(Gateway);
    class App {}
    Module({ providers: [Gateway] })(App);
    const app = await NestFactory.create(App, { logger: false });
    app.useWebSocketAdapter(new WsAdapter(app));
    await app.listen(0, '127.0.0.1');
    scope.defer(() => app.close());
    const { host } = placeOf(app.getHttpServer());
    const { socket, messages, end } = await call(scope, `ws://${host}/events`);
    assert.deepEqual(JSON.parse(String(await messages.next())), { event: 'welcome', data: 1 });
    socket.send(JSON.stringify({ event: 'double', data: 21 }));
    assert.deepEqual(JSON.parse(String(await messages.next())), { event: 'doubled', data: 42 });
    socket.send('no JSON');
    socket.send(JSON.stringify({ event: 'double', data: 2 }));
    assert.deepEqual(JSON.parse(String(await messages.next())), { event: 'doubled', data: 4 });
    await assert.rejects(call(scope, `ws://${host}/elsewhere`), /socket hang up|ECONNRESET/u);
    socket.close(4006, 'enough');
    assert.equal(await end, '4006 enough');
  },
);
