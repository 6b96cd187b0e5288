import assert from 'node:assert/strict';
import { peer } from '../support/peers.ts';
import { trial } from './trial.ts';

const { path, skip } = peer('chromium');

if (skip === false) {
  trial(
    {
      name: 'puppeteer-core',
      exercised: 'drives Chromium: evaluate, a screenshot of 1 MiB and more, disconnect and connect again',
    },
    async (scope) => {
      const { default: puppeteer } = await import('puppeteer-core');
      const browser = await puppeteer.launch({ executablePath: path, args: ['--no-sandbox', '--disable-gpu'] });
      scope.defer(() => browser.close());
      const page = await browser.newPage();
      assert.equal(await page.evaluate('6 * 7'), 42);
      // Noise does not compress: the answer of the browser is one large message.
      await page.setContent('<canvas id=c width=800 height=800></canvas>');
      await page.evaluate(`
        const context = c.getContext('2d');
        const noise = context.createImageData(800, 800);
        for (let at = 0; at < noise.data.length; at += 65536) crypto.getRandomValues(noise.data.subarray(at, at + 65536));
        for (let at = 3; at < noise.data.length; at += 4) noise.data[at] = 255;
        context.putImageData(noise, 0, 0);
      `);
      const element = await page.$('#c');
      const picture = await element?.screenshot();
      assert.equal(Buffer.from(picture?.subarray(0, 4) ?? []).toString('hex'), '89504e47');
      assert.ok((picture?.length ?? 0) > 1024 * 1024, `${picture?.length} bytes`);
      const endpoint = browser.wsEndpoint();
      await browser.disconnect();
      const again = await puppeteer.connect({ browserWSEndpoint: endpoint });
      scope.defer(() => again.close());
      assert.ok((await again.pages()).length >= 1);
    },
  );
}
