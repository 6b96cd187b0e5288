// `AppStorage` and its like, as code of an app uses them, by the SDK's declarations.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { AppStorage, Environment, LocalStorage, PersistentStorage } from '../../src/register/app-storage.ts';
import { defineGlobals } from '../../src/register/globals.ts';
import { project } from './project.ts';

describe('LocalStorage', () => {
  test('set changes what exists, setOrCreate anything', () => {
    const storage = new LocalStorage({ a: 1 });
    assert.equal(storage.set('a', 2), true);
    assert.equal(storage.set('b', 2), false);
    assert.equal(storage.setOrCreate('b', 3), true);
    assert.deepEqual([storage.get('a'), storage.get('b'), storage.get('c')], [2, 3, undefined]);
    assert.deepEqual([[...storage.keys()], storage.size(), storage.has('c')], [['a', 'b'], 2, false]);
  });

  test('a link goes in both directions, a prop in one, a ref without holding the value', () => {
    const storage = new LocalStorage({ a: 1 });
    const [link, prop, ref] = [storage.link('a')!, storage.setAndProp('a', 9), storage.ref('a')!];
    link.set(2);
    assert.deepEqual([storage.get('a'), prop.get(), ref.get(), link.info()], [2, 2, 2, 'a']);
    prop.set(3);
    assert.deepEqual([storage.get('a'), prop.get()], [2, 3]);
    ref.set(4);
    assert.deepEqual([link.get(), prop.get()], [4, 4]);
    assert.deepEqual([storage.link('b'), storage.prop('b'), storage.ref('b')], [undefined, undefined, undefined]);
    assert.deepEqual([storage.setAndLink('b', 5).get(), storage.setAndRef('c', 6).get()], [5, 6]);
  });

  test('what has links stays until they are given back', () => {
    const storage = new LocalStorage({ a: 1, b: 2 });
    const link = storage.link('a')!;
    assert.deepEqual([storage.delete('a'), storage.clear(), storage.size()], [false, false, 2]);
    link.aboutToBeDeleted();
    assert.deepEqual(
      [storage.delete('a'), storage.delete('a'), storage.clear(), storage.size()],
      [true, false, true, 0],
    );
  });

  test('the shared one is always the same', () => {
    assert.equal(LocalStorage.getShared(), LocalStorage.getShared());
  });
});

test('AppStorage, PersistentStorage and Environment share their values, in new and old spellings', () => {
  AppStorage.clear();
  assert.equal(AppStorage.setOrCreate('token', 'x'), undefined);
  PersistentStorage.persistProps([
    { key: 'token', defaultValue: 'y' },
    { key: 'user', defaultValue: 'z' },
  ]);
  assert.deepEqual([Environment.envProp('colorMode', 0), Environment.envProp('colorMode', 1)], [true, false]);
  const old = AppStorage as typeof AppStorage & {
    Get(name: string): unknown;
    SetOrCreate(name: string, value: unknown): void;
  };
  old.SetOrCreate('n', 1);
  assert.deepEqual([old.Get('token'), old.Get('user'), AppStorage.get('colorMode')], ['x', 'z', 0]);
  assert.deepEqual(PersistentStorage.keys(), ['token', 'user']);
  PersistentStorage.deleteProp('user');
  assert.deepEqual([PersistentStorage.keys(), AppStorage.get('user'), AppStorage.size()], [['token'], 'z', 4]);
  assert.equal(AppStorage.staticClear(), true);
});

test('an app finds them as globals, and asks what the device can do', async (context) => {
  const { run } = project(context, {
    'main.ets': `AppStorage.setOrCreate<string>('token', 'x');
const storage: LocalStorage = new LocalStorage({ a: 1 });
console.log(AppStorage.get<string>('token'), storage.get<number>('a'), typeof PersistentStorage, typeof Environment);
console.log(canIUse('SystemCapability.Communication.NetStack'), canIUse('SystemCapability.Multimedia.Camera.Core'));
@Builder function page() { Text('a') }
export const builder = wrapBuilder(page);`,
  });
  const { stdout, stderr } = await run('main.ets');
  assert.equal(stderr, '');
  assert.equal(stdout, 'x 1 object object\ntrue false\n');
});

test("a program's own global stays", () => {
  const target = { canIUse: 1 };
  defineGlobals(target);
  assert.equal(target.canIUse, 1);
  assert.ok('AppStorage' in target);
});

test('enumerations of ArkUI are there for constants of a module, and give way to those of the program', async (context) => {
  const { run } = project(context, {
    'main.ets': `import { Style, colour, Edge } from './style';
console.log(Style.WEIGHT, colour, Style.WEIGHT === FontWeight.Bold, FontWeight.Bold === FontWeight.Bolder, Edge.A);
console.log(Object.keys(globalThis).includes('Color'));`,
    'style.ets': `export class Style { static readonly WEIGHT: FontWeight = FontWeight.Bold; }
export const colour: Color = Color.White;
export enum Edge { A = 7 }`,
  });
  const { stdout, stderr } = await run('main.ets');
  assert.equal(stderr, '');
  assert.equal(stdout, 'FontWeight.Bold Color.White true false 7\nfalse\n');
});
