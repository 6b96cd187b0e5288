import assert from 'node:assert/strict';
import { WebSocketServer } from 'ws';
import { place } from './place.ts';
import { trial } from './trial.ts';

trial({ name: 'ethers', exercised: 'WebSocketProvider: calls, a subscription to blocks, destroy' }, async (scope) => {
  const { WebSocketProvider } = await import('ethers');
  const { server, host } = await place(scope);
  const node = new WebSocketServer({ server });
  scope.defer(() => node.close());
  const answers: Record<string, unknown> = {
    eth_chainId: '0x539',
    eth_blockNumber: '0x10',
    eth_subscribe: '0x1',
    eth_unsubscribe: true,
  };
  const asked: string[] = [];
  node.on('connection', (socket) => {
    socket.on('message', (data) => {
      const { id, method } = JSON.parse(String(data)) as { id: number; method: string };
      socket.send(JSON.stringify({ jsonrpc: '2.0', id, result: answers[method] ?? null }));
      asked.push(method);
      if (method !== 'eth_subscribe') return;
      const params = { subscription: '0x1', result: { number: '0x11' } };
      socket.send(JSON.stringify({ jsonrpc: '2.0', method: 'eth_subscription', params }));
    });
  });
  const provider = new WebSocketProvider(`ws://${host}`);
  scope.defer(() => provider.destroy());
  assert.equal(await provider.getBlockNumber(), 16);
  assert.equal((await provider.getNetwork()).chainId, 1337n);
  const block = new Promise((resolve) => void provider.on('block', resolve));
  assert.equal(await block, 17);
  await provider.removeAllListeners();
  while (!asked.includes('eth_unsubscribe')) await new Promise((resolve) => setImmediate(resolve));
  await provider.send('eth_chainId', []); // its answer comes behind that of eth_unsubscribe
});
