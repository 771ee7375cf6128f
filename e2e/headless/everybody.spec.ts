/** Every page of the running program is for everybody, in both themes, on wide and narrow screens, without a pointer. */
import { Dashboard } from '../pages/dashboard.ts';
import { tabStops, violationsOf } from '../support/for-everybody.ts';
import { expect, serve, test as base, THREE_UPSES, type Served } from './fixtures.ts';

/** One program for all: the pages are only looked at. */
const test = base.extend<object, { readonly served: Served }>({
  served: [
    // eslint-disable-next-line no-empty-pattern -- Playwright reads the names of fixtures off this pattern
    async ({}, use) => {
      const served = await serve(THREE_UPSES);
      await use(served);
      await served.dispose();
    },
    { scope: 'worker' },
  ],
});

const SIZES = { wide: { width: 1280, height: 800 }, narrow: { width: 390, height: 844 } };

for (const theme of ['light', 'dark'] as const) {
  for (const [size, viewport] of Object.entries(SIZES)) {
    test(`axe finds nothing to say about any page, ${theme} and ${size}`, async ({ served, page }) => {
      test.slow(); // axe looks through every page there is, one after the other
      await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
      await page.setViewportSize(viewport);
      const dashboard = new Dashboard(page);
      await dashboard.open(served.link);
      for (const address of await dashboard.addresses()) {
        await dashboard.load(served.link, address);
        expect.soft(await violationsOf(page), address).toEqual([]);
      }
      await dashboard.load(served.link, 'overview');
      await dashboard.choose('View', 'Table');
      expect.soft(await violationsOf(page), 'samples as a table').toEqual([]);
      await dashboard.openAppearance();
      expect.soft(await violationsOf(page), 'dialog').toEqual([]);
    });
  }
}

const WALKS = [
  { size: 'wide', forcedColors: 'none' },
  { size: 'narrow', forcedColors: 'none' },
  { size: 'wide', forcedColors: 'active' },
] as const;
for (const { size, forcedColors } of WALKS) {
  const name = `${size}${forcedColors === 'active' ? ' and in forced colours' : ''}`;
  test(`the tab key gets around every page and is seen wherever it stops, ${name}`, async ({ served, page }) => {
    test.slow();
    await page.emulateMedia({ forcedColors, reducedMotion: 'reduce' });
    await page.setViewportSize(SIZES[size]);
    const dashboard = new Dashboard(page);
    await dashboard.open(served.link);
    for (const address of await dashboard.addresses()) {
      await dashboard.load(served.link, address);
      const stops = await tabStops(page);
      expect.soft(stops.length, address).toBeGreaterThan(4);
      const unseen = stops.filter((stop) => !stop.isSeen).map((stop) => stop.name);
      expect.soft(unseen, address).toEqual([]);
    }
  });
}

test('axe finds nothing to say about any page in forced colours', async ({ served, page }) => {
  test.slow();
  await page.emulateMedia({ forcedColors: 'active', reducedMotion: 'reduce' });
  const dashboard = new Dashboard(page);
  await dashboard.open(served.link);
  for (const address of await dashboard.addresses()) {
    await dashboard.load(served.link, address);
    expect.soft(await violationsOf(page), address).toEqual([]);
  }
});
