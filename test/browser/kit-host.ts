// A page in Chromium that has the kit: the package bundled for a browser by its public name, so through the `browser`
// condition of `exports`, and served from its own port. Needs dist/.

import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Browser, Page } from 'playwright-core';

/** Bundles a module of this folder for a browser, as a script that leaves its exports in the global `kit`. */
export async function bundle(file: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(file, import.meta.url))],
    bundle: true,
    platform: 'browser',
    format: 'iife',
    globalName: 'kit',
    target: 'es2022',
    write: false,
    logLevel: 'silent',
  });
  return outputFiles[0]!.text;
}

export interface PageOptions {
  /** Serves the page over TLS. */
  readonly tls?: { cert: string; key: string };
  /** The page's `Content-Security-Policy`. */
  readonly policy?: string;
}

export class KitHost {
  readonly #browser: Browser;
  readonly #script = bundle('kit-page.ts');

  constructor(browser: Browser) {
    this.#browser = browser;
  }

  /** Opens a page for a test. */
  async open(t: TestContext, { tls, policy }: PageOptions = {}): Promise<Page> {
    const script = await this.#script;
    const server = tls === undefined ? createServer() : createSecureServer(tls);
    server.on('request', (request, response) => {
      if (policy !== undefined) response.setHeader('Content-Security-Policy', policy);
      if (request.url === '/kit.js') {
        response.setHeader('Content-Type', 'text/javascript; charset=utf-8').end(script);
      } else {
        response.setHeader('Content-Type', 'text/html; charset=utf-8');
        response.end(
          '<!doctype html><title>The kit</title><link rel="icon" href="data:,"><script src="/kit.js"></script>',
        );
      }
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const page = await this.#browser.newPage({ ignoreHTTPSErrors: true });
    t.after(async () => {
      await page.close();
      server.closeAllConnections();
      server.close();
    });
    const { port } = server.address() as AddressInfo;
    await page.goto(`${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}/`);
    return page;
  }
}

/**
 * Runs `body` as an async function in a page, with `url`, and with a client that records: `ws` and its `trace`.
 *
 * @returns what it returns
 */
export function inPage<T = string[]>(page: Page, url: string, body: string): Promise<T> {
  return page.evaluate(`(async (url) => {
    const { ws, trace } = kit.recordedClient();
    ${body}
  })(${JSON.stringify(url)})`) as Promise<T>;
}
