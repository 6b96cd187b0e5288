import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { hasDefaultExport, hasModuleSyntax, placeholderExports, typeOnlyExports } from '../../src/register/exports.ts';
import { tokenize } from '../../src/register/tokens.ts';

describe('a file says that it is an ES module', () => {
  for (const source of [
    'import "a"',
    'import { b } from "a"',
    'export {}',
    'export const a = 1',
    'f(import.meta.url)',
  ]) {
    test(source, () => assert.equal(hasModuleSyntax(tokenize(source)), true));
  }
  for (const source of ['import("a")', 'f(import("a"))', '"export"', 'a.export = 1; b.import()', '// import "a"', '']) {
    test(`not by ${JSON.stringify(source)}`, () => assert.equal(hasModuleSyntax(tokenize(source)), false));
  }
});

describe('a default export', () => {
  for (const source of [
    'export default 1;',
    'export default function () {}',
    'export { a as default };',
    'export { default } from "a"',
  ]) {
    test(source, () => assert.equal(hasDefaultExport(tokenize(source)), true));
  }
  for (const source of ['export const a = 1;', 'a.export.default', "export * from 'a'", 'switch (a) { default: }']) {
    test(`not ${source}`, () => assert.equal(hasDefaultExport(tokenize(source)), false));
  }
});

describe('exports that exist for the type checker only', () => {
  const cases: Array<[source: string, output: string, names: string[]]> = [
    ['export interface A {}', '', ['A']],
    ['export type A<T> = T[];', '', ['A']],
    ['export declare const a: string; export declare function f(): void', '', ['a', 'f']],
    ['export namespace N { export type T = 1; }', '', ['N']],
    ['interface A {} class B {} export { A, B as C };', 'class B {} export { B as C };', ['A']],
    ["export type { A, B as C } from './a';", '', ['A', 'C']],
    ["export { type A, b } from './a';", "export { b } from './a';", ['A']],
    ['export default interface A {}', 'export { };', ['default']],
    ['export interface A {} export const A = 1;', 'export const A = 1;', []],
    ['export abstract class A {}', 'export class A {}', []],
    ['export const enum A { B }', 'export var A = 1;', []],
    ['export async function* f() {}', 'export async function* f() {}', []],
    ["export * from './a'; export * as b from './b';", "export * from './a'; export * as b from './b';", []],
    ['export const { a, b } = c;', 'export const { a, b } = c;', []],
    ['namespace N { export interface A {} }', '', []],
    ['export @Sendable class A {}', 'export class A {}', []],
  ];
  for (const [source, output, names] of cases) {
    test(source, () => assert.deepEqual(typeOnlyExports(tokenize(source), tokenize(output)), names));
  }

  test('they get the value undefined, so that another file links which passes them on', () => {
    assert.equal(
      placeholderExports(['A', 'default']),
      'const $typeOnly = undefined; export { $typeOnly as A, $typeOnly as default };\n',
    );
    assert.equal(placeholderExports([]), '');
  });
});
