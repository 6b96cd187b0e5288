// JSON5 of a project, read with the places of its names.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseJson5 } from '../../src/register/project/json5.ts';

describe('a JSON5 file', () => {
  const file = parseJson5(
    [
      '// comment',
      '{',
      "  name: 'net', /* unquoted */",
      '  "dependencies": {',
      '    \'@company/net\': "file:../net",',
      '  },',
      '  count: +0x10,',
      '  name: "second",',
      '}',
    ].join('\r\n'),
    '/a/oh-package.json5',
  );

  test('has its values, and the last one of a repeated name', () => {
    assert.deepEqual(file.value, { name: 'second', dependencies: { '@company/net': 'file:../net' }, count: 16 });
  });

  test('has its members in order, with their lines', () => {
    assert.deepEqual(
      file.members.map(({ name, where }) => `${name} ${where}`),
      [
        'name /a/oh-package.json5:3',
        'dependencies /a/oh-package.json5:4',
        'count /a/oh-package.json5:7',
        'name /a/oh-package.json5:8',
      ],
    );
  });

  test('knows the line of a name at any depth, or the nearest above', () => {
    assert.equal(file.where('dependencies', '@company/net'), '/a/oh-package.json5:5');
    assert.equal(file.where('dependencies', 'other'), '/a/oh-package.json5:4');
    assert.equal(file.where('name'), '/a/oh-package.json5:8');
    assert.equal(file.where('other'), '/a/oh-package.json5');
  });

  test('may begin with a byte order mark', () => {
    assert.deepEqual(parseJson5('\ufeff{ a: 1 }', '/a').value, { a: 1 });
  });
});

describe('what is not such a file', () => {
  const wrong: [name: string, text: string, message: RegExp][] = [
    ['a missing value', '{\n  "a": ,\n}', /^\/a\.json5:2:\d+: the file is not JSON5 \(.+\); correct it there$/],
    ['an end too early', '{\n  "a": 1', /^\/a\.json5:2:\d+: the file is not JSON5 \(.+\); correct it there$/],
    ['nothing', '', /^\/a\.json5(:1:\d+)?: the file is not JSON5 \(.+\); correct it there$/],
    ['an array', '[1]', /^\/a\.json5: the file is not an object; write \{ … \} around its content$/],
  ];
  for (const [name, text, message] of wrong) {
    test(name, () => {
      assert.throws(() => parseJson5(text, '/a.json5'), { code: 'ERR_PROJECT_FILE', message });
    });
  }
});
