/** The pages of the past: what was recorded by the running program, and a made-up past before a fake engine. */
import { readFile } from 'node:fs/promises';
import { violationsOf } from '../support/for-everybody.ts';
import { SCENES } from '../support/scenes.ts';
import { expect, test } from './fixtures.ts';

test('what the program saw is drawn, and an outage is there after a restart under its own name', async ({
  open,
  page,
}) => {
  const { dashboard, served } = await open();
  await dashboard.demo('Out');
  await expect(dashboard.band).toContainText('On battery');
  await page.waitForTimeout(3000);
  await dashboard.demo('Good');
  await expect(dashboard.band).toContainText('On mains');
  await dashboard.goTo('Events');
  await expect(dashboard.incident('The power was out.')).toHaveCount(1);

  await served.stop();
  const link = await served.start();
  await dashboard.open(link);
  await dashboard.goTo('Events');
  await expect(dashboard.incident('The power was out.')).toHaveCount(1);
  const details = await dashboard.openIncident('The power was out.');
  await expect(details).toContainText('On battery');
  await expect(details).toContainText('OB DISCHRG');
  await expect(dashboard.chart('Voltage')).toBeVisible();

  await page.getByRole('link', { name: 'Show in History' }).click();
  await expect(dashboard.sentence).toHaveText('History');
  await expect(dashboard.chart('Voltage')).toHaveAttribute('aria-valuetext', /Mains voltage/);
  await expect(dashboard.chart('Charge')).toHaveAttribute('aria-valuetext', /Charge \d+/);
});

const start = new Date(2026, 0, 14, 19, 42, 10).getTime();
// The clock of the page is that of the made-up past.
const frozen = test.extend<{ readonly clockStands: undefined }>({
  clockStands: [
    async ({ page }, use) => {
      await page.clock.setFixedTime(start);
      await use(undefined);
    },
    { auto: true },
  ],
});

frozen('a length is chosen, the time is moved, and both are said', async ({ play, page }) => {
  const { dashboard } = await play(SCENES.history(start), '#/history');
  const past = dashboard.past;
  await expect(past.span).toHaveText('13 Jan 2026, 19:42 to 14 Jan 2026, 19:42');
  await dashboard.choose('Length', '30 d');
  await expect(past.span).toHaveText('15 Dec 2025, 19:42 to 14 Jan 2026, 19:42');
  await past.move('Earlier');
  await expect(past.span).toHaveText('30 Nov 2025, 19:42 to 30 Dec 2025, 19:42');
  await past.move('Zoom in');
  await expect(past.span).toHaveText('8 Dec 2025, 07:42 to 23 Dec 2025, 07:42');
  await past.move('Now');
  await expect(past.span).toHaveText('30 Dec 2025, 19:42 to 14 Jan 2026, 19:42');
  await page.reload();
  await expect(past.span).toHaveText('15 Dec 2025, 19:42 to 14 Jan 2026, 19:42');
});

frozen('a chart is read, moved and zoomed by keyboard alone', async ({ play, page }) => {
  const { dashboard } = await play(SCENES.history(start), '#/history');
  const chart = dashboard.chart('Charge');
  await chart.focus();
  await page.keyboard.press('Home');
  await expect(chart).toHaveAttribute('aria-valuetext', /^13 Jan 2026, 19:4\d, Charge 100\s%$/);
  await page.keyboard.press('ArrowRight');
  await expect(chart).toHaveAttribute('aria-valuenow', '1');
  await page.keyboard.press('Shift+ArrowLeft');
  await expect(dashboard.past.span).toHaveText('13 Jan 2026, 13:42 to 14 Jan 2026, 13:42');
  await page.keyboard.press('-');
  await expect(dashboard.past.span).not.toHaveText('13 Jan 2026, 13:42 to 14 Jan 2026, 13:42');
});

frozen('a chart is dragged and zoomed by mouse', async ({ play, page }) => {
  const { dashboard } = await play(SCENES.history(start), '#/history');
  const box = await dashboard.chart('Charge').boundingBox();
  if (!box) throw new Error('the chart has no place');
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(x, y);
  await expect(dashboard.chart('Charge')).toHaveAttribute('aria-valuetext', /^14 Jan 2026/);
  await page.mouse.down();
  await page.mouse.move(x + box.width / 4, y, { steps: 4 });
  await page.mouse.up();
  await expect(dashboard.past.span).toHaveText(/^13 Jan 2026, 1[0-4]:.* to 14 Jan 2026, 1[0-4]:/);
  const dragged = await dashboard.past.span.textContent();
  await page.keyboard.down('Control');
  await page.mouse.wheel(0, -300);
  await page.keyboard.up('Control');
  await expect(dashboard.past.span).not.toHaveText(dragged ?? '');
});

frozen('UPSes are compared in one chart', async ({ play, page }) => {
  const { dashboard } = await play(SCENES.history(start), '#/history');
  await page.getByRole('checkbox', { name: 'rack' }).check();
  await expect(dashboard.chart('Load')).toHaveAttribute('aria-valuetext', /Load · ups \d+\s%.*, Load · rack \d+\s%/);
});

frozen('what is shown is saved as CSV and JSON', async ({ play, page }) => {
  const { dashboard } = await play(SCENES.history(start), '#/history');
  await dashboard.chart('Charge').waitFor();
  const save = async (format: 'CSV' | 'JSON'): Promise<string> => {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: format }).click(),
    ]);
    expect(download.suggestedFilename()).toBe(`ups-2026-01-13.${format.toLowerCase()}`);
    return readFile(await download.path(), 'utf8');
  };
  const csv = await save('CSV');
  expect(csv.split('\r\n')[0]).toBe('time,variable,min,mean,max');
  expect(csv).toMatch(/^2026-01-1\dT[\d:.]+Z,battery\.charge,\d+,[\d.]+,\d+$/m);
  const json = JSON.parse(await save('JSON')) as { series: { variable: string; mean: unknown[] }[] };
  expect(json.series.map(({ variable }) => variable)).toContain('input.voltage');
});

frozen('that history is not written is said where it is looked for', async ({ play, page }) => {
  for (const address of ['#/history', '#/events']) {
    await play(SCENES['history-not-written'](start), address);
    await expect(page.getByText('History is not being written: /data/history.sqlite: no space left.')).toBeVisible();
  }
});

for (const colorScheme of ['light', 'dark'] as const) {
  frozen(`axe finds nothing to say about charts, table and details, ${colorScheme}`, async ({ play, page }) => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const { dashboard } = await play(SCENES.history(start), '#/history');
    await dashboard.chart('Charge').waitFor();
    expect.soft(await violationsOf(page), 'charts').toEqual([]);
    await dashboard.choose('View', 'Table');
    await expect(dashboard.samples.nth(1)).toContainText('%');
    expect.soft(await violationsOf(page), 'table').toEqual([]);
    await dashboard.goTo('Events');
    await dashboard.openIncident('The power was out.');
    await dashboard.chart('Voltage').waitFor();
    expect.soft(await violationsOf(page), 'details').toEqual([]);
  });
}
