import assert from 'node:assert/strict';
import { place } from './place.ts';
import { trial } from './trial.ts';

interface Spark {
  on(event: string, listener: (data: never) => void): void;
  write(data: unknown): void;
  end(data?: unknown): void;
}

trial(
  { name: 'primus', exercised: 'transformer websockets: spark and client, JSON, end by both sides' },
  async (scope) => {
    // It has no types.
    const { default: Primus } = (await import('primus' as string)) as {
      default: new (
        server: unknown,
        options: unknown,
      ) => {
        on(event: string, listener: (spark: Spark) => void): void;
        destroy(options: object, done: () => void): void;
        Socket: new (url: string, options: object) => Spark;
      };
    };
    const { server, host } = await place(scope);
    const primus = new Primus(server, { transformer: 'websockets', pathname: '/live' });
    scope.defer(() => new Promise<void>((resolve) => primus.destroy({ close: false }, resolve)));
    const ended: string[] = [];
    primus.on('connection', (spark) => {
      spark.on('data', (data: { say: string }) => {
        if (data.say === 'leave') spark.end();
        else spark.write({ heard: data.say });
      });
      spark.on('end', () => ended.push('spark'));
    });
    const { Socket } = primus;
    const client = new Socket(`http://${host}`, { strategy: [] });
    scope.defer(() => client.end());
    const heard = new Promise((resolve) => client.on('data', resolve));
    const end = new Promise<void>((resolve) => client.on('end', () => resolve()));
    client.on('open', () => client.write({ say: 'é' }));
    assert.equal(JSON.stringify(await heard), '{"heard":"é"}'); // of another realm
    client.write({ say: 'leave' });
    await end;
    while (ended.length < 1) await new Promise((resolve) => setImmediate(resolve));
  },
);
