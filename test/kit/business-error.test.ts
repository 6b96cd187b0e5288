import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  asBusinessError,
  BusinessError,
  businessError,
  clientErrorEvent,
  type ErrorKind,
  serverErrorEvent,
} from '../../src/kit/business-error.ts';

describe('kit specification §7: BusinessError', () => {
  test('is an Error with a name and a stack [kit §7 BusinessError]', () => {
    const error = businessError('url');
    assert.ok(error instanceof Error);
    assert.ok(error instanceof BusinessError);
    assert.equal(error.name, 'BusinessError');
    assert.match(String(error.stack), /business-error\.test/);
  });

  test('code and message are its own enumerable properties, in this order; name and stack are not [kit §7 properties; kit §7 JSON]', () => {
    const error = businessError('url');
    assert.deepEqual(Object.keys(error), ['code', 'message']);
    assert.equal(JSON.stringify(error), '{"code":2302001,"message":"Websocket url error"}');
  });

  test('data comes third, and only where there is some [kit §7 JSON; kit §2.4 server payload]', () => {
    assert.equal(
      JSON.stringify(clientErrorEvent('Websocket connect failed', 403)),
      '{"code":200,"message":"Websocket connect failed","data":"403"}',
    );
    assert.equal('data' in serverErrorEvent('The link is down'), false);
    assert.equal(JSON.stringify(serverErrorEvent('The link is down')), '{"code":200,"message":"The link is down"}');
  });

  test('a cause is kept but does not show', () => {
    const cause = new Error('ECONNREFUSED');
    const error = businessError('unknown', cause);
    assert.equal(error.cause, cause);
    assert.deepEqual(Object.keys(error), ['code', 'message']);
    assert.equal((businessError('unknown', 'a sentence').cause as Error).message, 'a sentence');
  });

  test('can be made by an application [kit §7 class]', () => {
    const error = new BusinessError(7, 'seven', { extra: true });
    assert.deepEqual({ ...error }, { code: 7, message: 'seven', data: { extra: true } });
  });

  test('an error of another kind is reported as unknown, with itself as the cause', () => {
    const other = new TypeError('no');
    assert.equal(asBusinessError(other).code, 2302999);
    assert.equal(asBusinessError(other).cause, other);
    const own = businessError('parameter');
    assert.equal(asBusinessError(own), own);
  });
});

describe('kit specification §2.2: codes and texts', () => {
  const rows: [ErrorKind, number, string][] = [
    ['parameter', 401, 'Parameter error'],
    ['permission', 201, 'Permission denied'],
    ['connectFailed', -1, 'Websocket connect failed'],
    ['notConnected', -1, 'Websocket Unknown Other Error'],
    ['url', 2302001, 'Websocket url error'],
    ['certificateFile', 2302002, 'Websocket certificate file does not exist'],
    ['connectionExists', 2302003, 'Websocket connection already exist'],
    ['listenAddress', 2302004, "Can't listen to the given NIC"],
    ['listenPort', 2302005, "Can't listen to the given Port"],
    ['noSuchConnection', 2302006, 'websocket connection does not exist'],
    ['portInUse', 2302007, 'Websocket port already occupied'],
    ['domain', 2302998, 'It is not allowed to access this domain'],
    ['unknown', 2302999, 'Websocket Unknown Other Error'],
  ];
  for (const [kind, code, message] of rows) {
    test(`${code} ${message}`, () => assert.deepEqual({ ...businessError(kind) }, { code, message }));
  }
});
