import { expect, test } from './fixtures.ts';

test('a program that ends is told with the age of what is shown, and found again when it is back', async ({ open }) => {
  test.slow();
  const { dashboard, served } = await open();
  await expect(dashboard.band).toContainText('On mains');
  await served.stop();
  await expect(dashboard.band).toContainText(/Connection to the program lost .+ ago\. Trying again\./);
  await expect(dashboard.sentence).toHaveText(/^Last heard: On mains power\./);
  await expect(dashboard.reading('Charge')).toHaveText(/^\d+$/);
  await expect(dashboard.judgement('Charge')).toHaveText(/^\d+\ss old\s*$/);
  await served.start();
  // The longest pause between two tries is ten seconds. The session outlives the program.
  await expect(dashboard.band).toContainText('On mains', { timeout: 40_000 });
  await expect(dashboard.sentence).toHaveText(/^On mains power\./);
  await dashboard.demo('Out');
  await expect(dashboard.band).toContainText('On battery');
});

test('commands cannot be given while the program is gone', async ({ open, page }) => {
  const { dashboard, served } = await open();
  await dashboard.goToCommands();
  const run = page.getByRole('button', { name: 'Run test.battery.start.quick', exact: true });
  await expect(run).toBeEnabled();
  await served.stop();
  await expect(run).toBeDisabled();
});
