/** The real engine in every state a UPS can be in, told by description files: what band and page say, and whether everybody can read it. */
import { violationsOf } from '../support/for-everybody.ts';
import { expect, test, unitsOf } from './fixtures.ts';

interface State {
  /** The description file. */
  readonly told: string;
  readonly band: RegExp;
  readonly sentence: RegExp;
}

const FIGURES =
  'battery.charge: 64\nbattery.runtime: 1260\nups.load: 31\ninput.voltage: 229.5\noutput.voltage: 230.1\ndevice.model: Attic 700\n';
const told = (status: string, more = ''): string => `ups.status: ${status}\n${FIGURES}${more}`;

const STATES: Readonly<Record<string, State>> = {
  mains: { told: told('OL'), band: /On mains/, sentence: /^On mains power\. Battery 64\s%/ },
  charging: { told: told('OL CHRG'), band: /On mains, charging/, sentence: /charging/i },
  battery: { told: told('OB DISCHRG'), band: /On battery.*about 21\smin left/, sentence: /^On battery.* 21\smin left/ },
  low: { told: told('OB DISCHRG LB'), band: /Battery low/, sentence: /nearly empty/ },
  forced: { told: told('FSD OL'), band: /Forced shutdown/, sentence: /about to switch off/ },
  off: { told: told('OL OFF'), band: /Output off/, sentence: /off/i },
  overload: { told: told('OL OVER'), band: /Overload/, sentence: /overload|more than/i },
  calibration: { told: told('OL CAL DISCHRG'), band: /Calibration/, sentence: /calibrat|measured/i },
  selftest: { told: told('OL', 'ups.test.result: In progress\n'), band: /Self test/, sentence: /tested/ },
  bypass: { told: told('OL BYPASS'), band: /Bypass/, sentence: /bypass|past/i },
  alarm: { told: told('OL ALARM', 'ups.alarm: Fan failure\n'), band: /Alarm/, sentence: /Fan failure/ },
  replace: { told: told('OL RB'), band: /Replace battery/, sentence: /battery/i },
  boost: { told: told('OL BOOST'), band: /On mains, boosted/, sentence: /low|raise/i },
  trim: { told: told('OL TRIM'), band: /On mains, trimmed/, sentence: /high|lower/i },
  /** Its file is taken away. */
  gone: { told: told('OL'), band: /Old data.*Values are .+ old/, sentence: /stopped answering/ },
};

const files = unitsOf(Object.fromEntries(Object.entries(STATES).map(([name, state]) => [name, state.told])));

for (const theme of ['light', 'dark'] as const) {
  test(`every state is told by band and sentence, and axe finds nothing to say about it, ${theme}`, async ({
    open,
    page,
  }) => {
    test.slow();
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    const { dashboard, served } = await open(files);
    await served.remove('gone.dev');
    for (const [name, state] of Object.entries(STATES)) {
      await dashboard.switcher.selectOption(name);
      await expect.soft(dashboard.band, name).toContainText(state.band);
      await expect.soft(dashboard.sentence, name).toContainText(state.sentence);
      expect.soft(await violationsOf(page), name).toEqual([]);
    }
    await dashboard.goTo('All UPSes');
    await expect(page.getByRole('link', { name: /^gone/ })).toBeVisible();
    expect.soft(await violationsOf(page), 'all of them').toEqual([]);
  });
}

test('a UPS goes from mains to a low battery, is lost, and comes back', async ({ open }) => {
  const { dashboard, served } = await open(unitsOf({ attic: told('OL') }));
  await expect(dashboard.band).toContainText('On mains');
  await served.write('attic.dev', told('OB DISCHRG'));
  await expect(dashboard.band).toContainText('On battery');
  await expect(dashboard.incident('The power is out.')).toContainText('going on');
  await served.write('attic.dev', told('OB DISCHRG LB'));
  await expect(dashboard.band).toContainText('Battery low');
  await expect(dashboard.sentence).toContainText('nearly empty');
  await expect(dashboard.incident('The battery is low.')).toContainText('going on');

  await served.remove('attic.dev');
  await expect(dashboard.band).toContainText(/No contact|Old data/);
  await expect(dashboard.band).toContainText(/Values are .+ old/);
  await expect(dashboard.incident('There is no contact with the UPS.')).toContainText('going on');

  await served.write('attic.dev', told('OL CHRG'));
  await expect(dashboard.band).toContainText('On mains, charging');
  await expect(dashboard.incident('The power was out.')).not.toContainText('going on');
  await expect(dashboard.incident('The battery was low.')).not.toContainText('going on');
  await expect(dashboard.incident('There was no contact with the UPS.')).not.toContainText('going on');
});
