// The system's Chromium, headless and kept from talking to anybody but the tests.

import { type Browser, chromium } from 'playwright-core';
import { peer } from '../support/peers.ts';

const found = peer('chromium');

/** For `describe`: why tests in Chromium are skipped, or `false`. */
export const skip = found.skip;

export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: found.path,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
