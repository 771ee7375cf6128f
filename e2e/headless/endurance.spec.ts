/** Hours of a session in minutes: nothing may grow with every sample. */
import type { CDPSession } from '@playwright/test';
import { SCENES } from '../support/scenes.ts';
import { expect, test } from './fixtures.ts';

/** Half an hour, all that page and engine keep: from then on each sample takes the place of another. */
const KEPT_SAMPLES = 1800;

/** Resolves when the last reading, the mains voltage, shows the number. */
const SHOWN = `(volts) => new Promise((resolve) => {
  const look = () => {
    const shown = document.querySelector('.reading:last-child .value')?.textContent;
    if (shown === String(volts)) resolve(undefined);
    else requestAnimationFrame(look);
  };
  look();
})`;

interface Used {
  /** Bytes of JavaScript objects. */
  readonly heap: number;
  readonly nodes: number;
  readonly listeners: number;
}

async function used(session: CDPSession): Promise<Used> {
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  const { nodes, jsEventListeners } = await session.send('Memory.getDOMCounters');
  return { heap: usedSize, nodes, listeners: jsEventListeners };
}

// A trace keeps what is measured here.
test.use({ trace: 'off' });

test('10,000 samples leave nothing behind', async ({ play, page }) => {
  // As fast as the page takes them; a busy computer takes its time.
  test.setTimeout(900_000);
  const engine = SCENES.mains(Date.now());
  engine.tick(KEPT_SAMPLES);
  const { dashboard } = await play(engine);
  await dashboard.sentence.waitFor();
  const session = await page.context().newCDPSession(page);

  let volts = 220;
  /** In portions, so that the page draws between them as it does in life. */
  const pass = async (samples: number): Promise<void> => {
    for (let sent = 0; sent < samples; sent += 50) {
      engine.tick(50);
      // Told in order: when this is shown everything before it has been taken in.
      volts = volts === 220 ? 240 : 220;
      engine.set('ups', { 'input.voltage': String(volts) });
      await page.evaluate(SHOWN, volts);
    }
  };
  await pass(500);
  const before = await used(session);
  await pass(10_000);
  const after = await used(session);

  const growth = after.heap - before.heap;
  test.info().annotations.push({ type: 'heap growth', description: `${Math.round(growth / 1024)} KiB` });
  // Fifty bytes for each sample: less than the smallest object that could be left behind.
  expect(growth).toBeLessThan(10_000 * 50);
  expect(after.nodes - before.nodes).toBeLessThan(500);
  expect(after.listeners - before.listeners).toBeLessThan(100);
});
