// Modules of Node, without import statements: those make Node read each property of a module for its namespace, the lazy ones
// too, such as the root certificates of `node:tls`.

import type * as Crypto from 'node:crypto';
import type * as Fs from 'node:fs';
import type * as Tls from 'node:tls';
import type * as Zlib from 'node:zlib';

export const crypto = process.getBuiltinModule('node:crypto') as typeof Crypto;
export const fs = process.getBuiltinModule('node:fs') as typeof Fs;
export const tls = process.getBuiltinModule('node:tls') as typeof Tls;
export const zlib = process.getBuiltinModule('node:zlib') as typeof Zlib;
