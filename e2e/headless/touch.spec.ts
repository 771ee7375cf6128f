/** A phone: a narrow window and fingers. */
import { devices, type Locator, type Page } from '@playwright/test';
import { violationsOf } from '../support/for-everybody.ts';
import { expect, test, THREE_UPSES } from './fixtures.ts';

test.use({ ...devices['Pixel 7'], viewport: { width: 390, height: 780 } });

type Point = readonly [x: number, y: number];

/** Lays fingers on a page, moves them in steps and lifts them, as the browser gets it from a screen. */
async function touch(page: Page, from: readonly Point[], to: readonly Point[], steps = 8): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const send = (type: 'touchStart' | 'touchMove' | 'touchEnd', points: readonly Point[]): Promise<unknown> =>
    session.send('Input.dispatchTouchEvent', { type, touchPoints: points.map(([x, y], id) => ({ x, y, id })) });
  await send('touchStart', from);
  for (let step = 1; step <= steps; step += 1) {
    const on = (place: number, axis: 0 | 1): number => {
      const [begin, end] = [from[place]?.[axis] ?? 0, to[place]?.[axis] ?? 0];
      return begin + ((end - begin) * step) / steps;
    };
    await send(
      'touchMove',
      from.map((_, place) => [on(place, 0), on(place, 1)]),
    );
  }
  await send('touchEnd', []);
  await session.detach();
}

/** A point on a chart, by shares of its width and height. */
async function pointer(chart: Locator): Promise<(x: number, y: number) => Point> {
  await chart.scrollIntoViewIfNeeded();
  const box = await chart.boundingBox();
  if (!box) throw new Error('the chart is not on the page');
  return (x, y) => [box.x + box.width * x, box.y + box.height * y];
}

test('pages beyond five are behind More, which says which of them is shown', async ({ open, page }) => {
  const { dashboard } = await open(THREE_UPSES);
  await expect(dashboard.navigation.getByRole('link')).toHaveCount(5);
  await expect(dashboard.more).toHaveText('More');

  await dashboard.more.click();
  const settings = dashboard.navigation.getByRole('link', { name: 'Settings' });
  await expect(settings).toBeInViewport();
  expect(await violationsOf(page)).toEqual([]);
  await settings.click();
  await expect(dashboard.sentence).toHaveText('Settings');
  await expect(settings).toBeHidden();
  await expect(dashboard.more).toHaveAccessibleName(/^Settings.*More$/);

  await dashboard.more.focus();
  await page.keyboard.press('Enter');
  await expect(settings).toHaveAttribute('aria-current', 'page');
  await page.keyboard.press('Tab');
  await expect(dashboard.navigation.getByRole('link', { name: 'Device' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(settings).toBeHidden();
  await expect(dashboard.more).toBeFocused();

  await dashboard.chooseTheme('Dark');
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await dashboard.goTo('History');
  await expect(dashboard.more).toHaveText('More');
  await page.setViewportSize({ width: 800, height: 700 });
  await expect(dashboard.more).toBeHidden();
  await expect(settings).toBeVisible();
});

test('a finger reads a live chart, and still scrolls the page over it', async ({ open, page }) => {
  const { dashboard } = await open();
  const chart = dashboard.chart('Load');
  const at = await pointer(chart);
  await expect(chart).toHaveAttribute('aria-valuetext', /^now, /);
  await expect(chart).toHaveAttribute('aria-valuemax', /^([3-9]|\d\d+)$/);

  await page.touchscreen.tap(...at(0.4, 0.5));
  await expect(chart).toHaveAttribute('aria-valuetext', /^at .+, Load \d/);
  await touch(page, [at(0.4, 0.5)], [at(0.7, 0.52)]);
  await expect(chart).toHaveAttribute('aria-valuetext', /^at .+, Load \d/);

  const top = (): Promise<number> => page.evaluate<number>('window.scrollY');
  const before = await top();
  await touch(page, [at(0.5, 0.2)], [at(0.5, 1.2)], 12);
  await expect.poll(top).toBeLessThan(before);
});

test('the past is moved by one finger and zoomed by two', async ({ open, page }) => {
  const { dashboard } = await open();
  await dashboard.goTo('History');
  const chart = page.getByRole('slider').first();
  await expect(chart).toBeVisible();
  await dashboard.choose('Length', '1 h');
  const at = await pointer(chart);
  const said = (): Promise<string> => dashboard.past.span.innerText();

  const newest = await said();
  await touch(page, [at(0.3, 0.5)], [at(0.7, 0.5)]);
  await expect(dashboard.past.span).not.toHaveText(newest);
  await expect(page.getByRole('button', { name: 'Later', exact: true })).toBeEnabled();

  await expect(page.getByRole('radio', { name: '1 h', exact: true })).toBeChecked();
  const moved = await said();
  await touch(page, [at(0.3, 0.5), at(0.7, 0.5)], [at(0.45, 0.5), at(0.55, 0.5)]);
  await expect(dashboard.past.span).not.toHaveText(moved);
  // Two fingers that come nearer to each other show more time: no length that has a name any more.
  await expect(page.getByRole('radio', { name: '1 h', exact: true })).not.toBeChecked();
});
