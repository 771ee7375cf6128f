/** What the wizard makes of the draft of the settings, in front of a fake engine. */
import { describe, expect, test } from 'vitest';
import { SettingsDraft } from '#domain/schema/settings/settings.ts';
import { createFakeEngine } from '../../client/fake-client.ts';
import { SettingsDraftState } from '../../state/settings-draft.svelte.ts';
import { proposedUps } from './wizard-units.ts';
import { Wizard } from './wizard.svelte.ts';

async function begin(ups: readonly object[]) {
  const engine = createFakeEngine(Date.UTC(2026, 0, 5));
  engine.patchSettings({ settings: SettingsDraft.parse({ ups }) });
  const draft = new SettingsDraftState(engine, 0);
  const wizard = new Wizard(engine, draft);
  await wizard.begin();
  const of = (key: keyof SettingsDraft['ups'][number]) => draft.draft?.ups.map((one) => one[key]);
  return { engine, draft, wizard, of };
}

const TWO = [
  { ...proposedUps('a'), identifier: 'rack', shutdowntimer: 60, toemail: ['a@example.org'], emailnotify: false },
  { ...proposedUps('b'), identifier: 'desk', shutdowntimer: 900, powerdown: true },
];

describe('what is asked once for all UPSes', () => {
  test('holds for all of them, whichever way the step is left', async () => {
    for (const leave of ['next', 'back', 'goTo'] as const) {
      const { draft, wizard, of } = await begin(TWO);
      wizard.goTo('power');
      draft.set(['ups', 0, 'shutdowntimer'], 120);
      wizard[leave]('done');
      expect(of('shutdowntimer'), leave).toEqual([120, 120]);
      // Nobody touched that.
      expect(of('powerdown'), leave).toEqual([false, true]);
    }
  });

  test('stays as it was set for each where nobody touched it', async () => {
    const { draft, wizard, of } = await begin(TWO);
    wizard.goTo('power');
    wizard.next();
    wizard.goTo('mail');
    wizard.next();
    expect(of('shutdowntimer')).toEqual([60, 900]);
    expect(of('toemail')).toEqual([['a@example.org'], []]);
    expect(draft.changes).toEqual([]);
  });

  test('left for later is as it was before', async () => {
    const { draft, wizard, of } = await begin(TWO);
    wizard.goTo('power');
    draft.set(['ups', 0, 'shutdowntimer'], 120);
    wizard.later();
    expect(of('shutdowntimer')).toEqual([60, 900]);
  });
});

describe('a unit', () => {
  test('that was chosen for somebody can be left for later as well', async () => {
    const { draft, wizard } = await begin([]);
    expect(wizard.isUndecided).toBe(true);
    wizard.chooseUpses([proposedUps('a')]);
    expect(wizard.isUndecided).toBe(false);
    // The steps after it need a UPS to have fields; they are left for later too.
    while (wizard.step !== 'network') wizard.later();
    expect(draft.draft?.ups).toEqual([]);
    expect(wizard.isUndecided).toBe(false);
  });

  test('of a computer that is set up is not chosen for anybody', async () => {
    expect((await begin(TWO)).wizard.isUndecided).toBe(false);
  });
});

test('what somebody else saved meanwhile can be taken in place of what was chosen here', async () => {
  const { engine, draft, wizard, of } = await begin(TWO);
  wizard.goTo('name');
  draft.set(['ups', 0, 'identifier'], 'mine');
  const { settings, revision } = await engine.request('settings.get', {});
  await engine.request('settings.save', {
    settings: { ...settings, ups: settings.ups.map((ups) => ({ ...ups, shutdowntimer: 7 })) },
    revision,
  });
  await draft.load();
  expect([of('identifier'), of('shutdowntimer')]).toEqual([
    ['mine', 'desk'],
    [7, 7],
  ]);
  wizard.takeTheirs();
  expect(of('identifier')).toEqual(['rack', 'desk']);
  expect(draft.overtakenBy).toEqual([]);
  wizard.later();
  expect(of('shutdowntimer')).toEqual([7, 7]);
});
