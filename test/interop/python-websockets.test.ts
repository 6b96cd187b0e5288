// Interop with Python's `websockets`, in both roles.

import { after, before, describe } from 'node:test';
import { peer } from '../support/peers.ts';
import { interopCases } from './cases.ts';
import { ourClientWith, ourServerWith } from './pairs.ts';
import { PythonPeer } from './peers/python.ts';

const { path, skip } = peer('python-websockets');

describe('our client and the server of Python websockets', { skip }, () => {
  interopCases(ourClientWith((tls) => new PythonPeer(path).listen(tls)));
});

describe('our server and the client of Python websockets', { skip }, () => {
  let python: PythonPeer;
  before(() => {
    python = new PythonPeer(path);
  });
  after(() => python.stop());
  interopCases(ourServerWith((settings) => python.connect(settings)));
});
