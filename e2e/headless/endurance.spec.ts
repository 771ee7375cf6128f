/** Hours of a session in minutes: nothing may grow with every sample. */
import type { CDPSession } from '@playwright/test';
import { SCENES } from '../support/scenes.ts';
import { expect, test } from './fixtures.ts';

/** Half an hour, all that page and engine keep: from then on each sample takes the place of another. */
const KEPT_SAMPLES = 1800;
/** Until the browser has compiled what runs again and again: that, too, lies on the heap. */
const WARM_UP = 20_000;
const MEASURED = 20_000;
/** Less than the smallest object that could be left behind by each sample. */
const BYTES_PER_SAMPLE = 50;
const COLLECTIONS = 4;

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

/** What is in use for certain: one collection may leave most of a megabyte that the next one takes. */
async function used(session: CDPSession): Promise<Used> {
  let heap = Infinity;
  for (let collection = 0; collection < COLLECTIONS; collection += 1) {
    await session.send('HeapProfiler.collectGarbage');
    heap = Math.min(heap, (await session.send('Runtime.getHeapUsage')).usedSize);
  }
  const { nodes, jsEventListeners } = await session.send('Memory.getDOMCounters');
  return { heap, nodes, listeners: jsEventListeners };
}

// A trace keeps what is measured here.
test.use({ trace: 'off' });

test('20,000 samples leave nothing behind', async ({ play, page }) => {
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
  await pass(WARM_UP);
  const before = await used(session);
  await pass(MEASURED);
  const after = await used(session);

  const growth = after.heap - before.heap;
  test.info().annotations.push({ type: 'heap growth', description: `${Math.round(growth / 1024)} KiB` });
  expect(growth).toBeLessThan(MEASURED * BYTES_PER_SAMPLE);
  expect(after.nodes - before.nodes).toBeLessThan(500);
  expect(after.listeners - before.listeners).toBeLessThan(100);
});
