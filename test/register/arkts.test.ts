import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toTypeScript } from '../../src/register/arkts.ts';
import { tokenize } from '../../src/register/tokens.ts';

const sendable = 'static{Object.defineProperty(this,Symbol.for("harmony-websocket.sendable"),{value:true});}';

function typeScript(source: string): string {
  return toTypeScript(source, '/app/a.ets', tokenize(source));
}

const refusal = (line: number, what: string) =>
  `/app/a.ets:${line}: "${what}" is ArkUI; harmony-websocket runs ArkTS logic only — ` +
  'move the networking code into a file without components and import that';

describe('a component becomes a function that throws, naming the file and the line; lines stay', () => {
  const replaced: Array<[source: string, head: string, name: string, line: number, what: string, tail: string]> = [
    ['@Entry\n@Component\nstruct Index {\n  build() {}\n}', '\n\n', 'Index', 3, 'struct Index', '\n\n'],
    ['export struct Card { build() {} }', 'export ', 'Card', 1, 'struct Card', ''],
    [
      '@Component export default struct Card {\n  @State a = 1;\n  @Builder b() {}\n}\nlet a = 1;',
      'export default ',
      'Card',
      1,
      'struct Card',
      '\n\n\n\nlet a = 1;',
    ],
    ['@CustomDialog({ a: [1] }) @log.it("x") struct A {}', '', 'A', 1, 'struct A', ''],
    [
      'let a = 1;\n@Builder\nfunction row(a: { b: C }): void { Row() {} }\na',
      'let a = 1;\n\n',
      'row',
      3,
      '@Builder row',
      '\na',
    ],
    ['@Component export default struct Card\n{\n}', 'export default ', 'Card', 1, 'struct Card', '\n\n'],
    ['@Builder export function row() {}', 'export ', 'row', 1, '@Builder row', ''],
    ['@Extend(Text) function fancy() { .fontSize(1) }', '', 'fancy', 1, '@Extend fancy', ''],
    ['const quoted = "/*";\nstruct A {}\n// */', 'const quoted = "/*";\n', 'A', 2, 'struct A', '\n// */'],
  ];
  for (const [source, head, name, line, what, tail] of replaced) {
    test(JSON.stringify(source), () => {
      const error = `Object.assign(new Error(${JSON.stringify(refusal(line, what))}),{code:"ERR_ARKTS_UI"})`;
      assert.equal(typeScript(source), `${head}function ${name}(){throw ${error};}${tail}`);
    });
  }
});

describe('decorators of ArkUI on anything else are refused, naming the file and the line', () => {
  const refused: Array<[source: string, line: number, what: string]> = [
    ['let a = 1;\n\n@CustomDialog\nclass A {}', 3, '@CustomDialog'],
    ['@ComponentV2 class A {}', 1, '@ComponentV2'],
    ['class A {\n  @Builder row() {}\n}', 2, '@Builder'],
  ];
  for (const [source, line, what] of refused) {
    test(JSON.stringify(source), () => {
      assert.throws(() => typeScript(source), { code: 'ERR_ARKTS_UI', message: refusal(line, what) });
    });
  }
});

describe('what only looks like ArkUI stays as it is', () => {
  const accepted = [
    'class struct { build() { return 1; } }',
    'const struct = { build() {} };\nstruct.build();',
    'let struct: number\nclass A { build(): void {} }',
    'function struct(x: number) {}\nstruct(1); { }',
    'interface A { struct: B }\ntype Component = string;',
    '// struct A {\n/* @Entry @Component\nstruct B { build() {} } */',
    'const a = "struct A {", b = \'@Component\', c = `@Entry struct C {`;',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the source of a template
    'const a = `${b} struct A {\n@Component\n}`;',
    'const a = /struct A {/, b = /@Entry/;',
    'const mail = "a@Component.org";',
    'a.struct\nB\n{ }',
  ];
  for (const source of accepted) {
    test(JSON.stringify(source), () => assert.equal(typeScript(source), source));
  }
});

describe('decorators', () => {
  test('those of the device that change nothing here become blanks; lines and columns stay', () => {
    assert.equal(
      typeScript(
        '@Sendable\nexport class A {\n  @Trace x: number = 1; @Type(f(B, ")"))\n  b?: B;\n}\n@Concurrent function f() {}',
      ),
      `         \nexport class A {${sendable}\n         x: number = 1;                 \n  b?: B;\n}\n            function f() {"use concurrent";}`,
    );
  });

  const marked: Array<[source: string, result: string]> = [
    ['@Concurrent\nasync function f(a: number) {\n}', '           \nasync function f(a: number) {"use concurrent";\n}'],
    [
      '@Concurrent function f(a = {}): { b: C } | D {}',
      '            function f(a = {}): { b: C } | D {"use concurrent";}',
    ],
    ['@Concurrent function f<T>(): P<{ a: T }> {}', '            function f<T>(): P<{ a: T }> {"use concurrent";}'],
    ['@Concurrent export default function () { }', '            export default function () {"use concurrent"; }'],
    [
      '@Sendable class A<T> extends B<T> implements C {}',
      `          class A<T> extends B<T> implements C {${sendable}}`,
    ],
    ['class A {\n  @Concurrent run() {}\n}', 'class A {\n              run() {}\n}'],
  ];
  for (const [source, result] of marked) {
    test(`the mark in ${JSON.stringify(source)}`, () => assert.equal(typeScript(source), result));
  }

  test('any other is an error with file, line and name', () => {
    const check = (source: string, where: string, name: string) =>
      assert.throws(
        () => typeScript(source),
        (error: Error & { code?: string }) => {
          assert.equal(error.code, 'ERR_ARKTS_DECORATOR');
          assert.ok(error.message.startsWith(`${where}: decorator "@${name}" `), error.message);
          return true;
        },
      );
    check('class A {\n  @Monitor("x") changed() {}\n}', '/app/a.ets:2', 'Monitor');
    check('@injectable() class A {}', '/app/a.ets:1', 'injectable');
    check('@Sendable.other class A {}', '/app/a.ets:1', 'Sendable');
  });
});

describe('import lazy', () => {
  test('the keyword becomes blanks', () => {
    assert.equal(typeScript("import lazy { a } from './a';"), "import      { a } from './a';");
    assert.equal(typeScript("import lazy a from './a';"), "import      a from './a';");
  });

  test('a default import that is called lazy stays', () => {
    const source = "import lazy from './a'; import lazy, { b } from './b'; lazy();";
    assert.equal(typeScript(source), source);
  });
});
