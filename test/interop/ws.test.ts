// Interop with npm's `ws`, in both roles.

import { describe } from 'node:test';
import { interopCases } from './cases.ts';
import { ourClientWith, ourServerWith } from './pairs.ts';
import { connectWs, listenWs } from './peers/ws.ts';

describe('our client and the server of ws', () => interopCases(ourClientWith((tls) => listenWs(tls))));
describe('our server and the client of ws', () => interopCases(ourServerWith((settings) => connectWs(settings))));
