import { describe, expect, test } from 'vitest';
import type { FoundDevice } from '#domain/contract.ts';
import type { Rehearsal } from '#domain/schema/rehearsal.ts';
import { SettingsDraft } from '#domain/schema/settings/settings.ts';
import type { MonitorView } from '#domain/schema/monitor.ts';
import type { UpsSnapshot } from '#domain/schema/snapshot.ts';
import { LocaleState } from '../../state/locale.svelte.ts';
import { planIfMainsFail } from '../../text/plan-text.ts';
import { neighbourOf, stepsFor } from './wizard-steps.ts';
import {
  clockLength,
  mailSentence,
  networkSentence,
  powerSentence,
  rehearsalSentence,
  unitSentence,
} from './wizard-text.ts';
import { nameOfUnit, proposedUps, remoteUps, ruleLine, standsFor, upsesFor } from './wizard-units.ts';

const speak = (language: 'en' | 'de'): LocaleState =>
  new LocaleState({ choice: language, ofSystem: [language], keep: () => undefined });
const en = speak('en');
const plain = (text: string | undefined): string | undefined => text?.replaceAll('\u00a0', ' ');

const unit = (title: string, serial: string): FoundDevice => ({
  title: `${title} (051d:0002)`,
  section: `[${serial}]`,
  selectors: ['vendorid = 051d', 'productid = 0002', `serial = "${serial}"`],
  matchReason: 'known',
});
const ONE = unit('Back-UPS ES 700', 'A1');
const OTHER = unit('Größe 3', 'B2');
let ids = 0;
const makeId = (): string => `id${++ids}`;

const settings = (change: object = {}): SettingsDraft => SettingsDraft.parse(change);

describe('the steps', () => {
  test('ask only what there is something to say about', () => {
    expect(stepsFor({ hasNeighbours: false, hasImports: false })).toEqual([
      'unit',
      'name',
      'power',
      'network',
      'mail',
      'rehearsal',
      'done',
    ]);
    expect(stepsFor({ hasNeighbours: true, hasImports: true })).toHaveLength(9);
  });

  test('end at their ends', () => {
    const steps = stepsFor({ hasNeighbours: false, hasImports: true });
    expect(neighbourOf('unit', 1, steps)).toBe('import');
    expect(neighbourOf('unit', -1, steps)).toBe('unit');
    expect(neighbourOf('done', 1, steps)).toBe('done');
  });
});

describe('units', () => {
  test('one alone may be exchanged for another, of several each is pinned', () => {
    const [single] = upsesFor([ONE], [ONE], makeId);
    expect(single).toMatchObject({
      identifier: 'ups',
      options: '',
      description: 'Back-UPS ES 700',
      driver: 'usbhid-ups',
    });
    const both = upsesFor([ONE, OTHER], [ONE, OTHER], makeId);
    expect(both.map(({ identifier }) => identifier)).toEqual(['ups', 'ups2']);
    expect(both[1]?.options).toContain('serial = "B2"');
    // NUT's files could not hold it.
    expect(both[1]?.description).toBe('');
  });

  test('are found again in what is chosen', () => {
    const [first, second] = upsesFor([ONE, OTHER], [ONE, OTHER], makeId);
    if (!first || !second) throw new Error('two units make two UPSes');
    expect(standsFor(first, ONE, [ONE, OTHER])).toBe(true);
    expect(standsFor(first, OTHER, [ONE, OTHER])).toBe(false);
    expect(standsFor(proposedUps('x'), ONE, [ONE])).toBe(true);
    expect(standsFor(proposedUps('x'), ONE, [ONE, OTHER])).toBe(false);
    expect(standsFor(remoteUps('x'), ONE, [ONE])).toBe(false);
  });

  test('have the line of the rule that opens them', () => {
    expect(ruleLine(ONE)).toBe(
      'SUBSYSTEM=="hidraw", KERNELS=="0003:051D:0002.*", MODE="0660", GROUP="ridethrough", TAG+="uaccess"',
    );
    expect(ruleLine({ ...ONE, selectors: [] })).toBeUndefined();
    expect(nameOfUnit(ONE)).toBe('Back-UPS ES 700');
  });
});

const rehearsal: Rehearsal = {
  steps: [{ afterSeconds: 365, who: 'x', what: { phrase: 'rehearsal.off', params: {} } }],
  action: 'shutdown',
  takesSeconds: 60,
  isMeasured: false,
  beginsAfterSeconds: 300,
  batterySeconds: 840,
  isInTime: true,
};

describe('what will be true', () => {
  test('the power goes: the sentence with the numbers in it', () => {
    expect(plain(powerSentence(proposedUps('x'), rehearsal, en))).toBe(
      'After 5 min on battery or as soon as the battery is low, this computer shuts down. That takes about 1 min. Today the battery lasts 14 min.',
    );
    expect(plain(powerSentence(proposedUps('x'), rehearsal, speak('de')))).toBe(
      'Dieser Rechner fährt herunter: nach 5 min im Akkubetrieb oder sobald der Akku fast leer ist. Das dauert etwa 1 min. Heute reicht der Akku 14 min.',
    );
  });

  test.each([
    [{ shutdown: 'LOWBATT' as const }, 'As soon as the battery is low, this computer shuts down.'],
    [{ shutdowntimer: 0 }, 'As soon as the power fails, this computer shuts down.'],
    [
      { shutdowncharge: 40, shutdownruntime: 240 },
      'After 5 min on battery, at 40 % of charge, when no more than 4 min is left, or as soon as the battery is low, this computer shuts down.',
    ],
    [{ shutdownaction: 'hibernate' as const }, 'this computer hibernates.'],
    [{ shutdowncmd: '/x' }, 'this computer runs its shutdown command.'],
    [{ powerdown: true }, 'Then the UPS cuts its output'],
  ])('%j', (change, text) => {
    expect(plain(powerSentence({ ...proposedUps('x'), ...change }, undefined, en))).toContain(text);
  });

  test('a simulated UPS shuts nothing down, and is not said to', () => {
    const said = powerSentence(proposedUps('x'), { ...rehearsal, action: 'nothing' }, en);
    expect(said).toContain('is set to do nothing');
    expect(said).not.toContain('That takes');
  });

  test('nobody has decided: a low battery does', () => {
    expect(powerSentence(undefined, undefined, en)).toBe('As soon as the battery is low, this computer shuts down.');
  });

  test('what is too short, and what is not known, is said', () => {
    expect(powerSentence(proposedUps('x'), { ...rehearsal, isInTime: false }, en)).toContain('That is too short');
    const { batterySeconds: _unknown, isInTime: _too, ...blind } = rehearsal;
    expect(powerSentence(proposedUps('x'), blind, en)).toContain('is not known yet');
    expect(rehearsalSentence(blind, en)).toContain('nobody can say whether that is enough');
    expect(plain(rehearsalSentence(rehearsal, en))).toBe('All is off about 7 min before the battery is empty.');
    expect(rehearsalSentence({ ...rehearsal, isInTime: false }, en)).toContain('The battery is empty before');
  });

  test('who has the cable', () => {
    const [ups] = upsesFor([ONE], [ONE], makeId);
    expect(unitSentence(settings(), true, en)).toContain('The first UPS on a USB port');
    expect(unitSentence(settings({ ups: [ups] }), true, en)).toBe('This computer reads Back-UPS ES 700.');
    expect(unitSentence(settings({ ups: [ups] }), false, en)).toContain('As soon as it can be opened');
    const remote = { ...remoteUps('x'), identifier: 'rack', remotehost: 'nas' };
    expect(unitSentence(settings({ ups: [remote] }), true, en)).toBe('This computer follows rack on nas.');
  });

  test('who is told, and who may ask', () => {
    const mailed = { ...proposedUps('x'), emailnotify: true, toemail: ['a@example.org'] };
    expect(mailSentence(settings(), en)).toBe('Nobody is told by mail.');
    expect(mailSentence(settings({ ups: [mailed] }), en)).toContain('without a mail server none can be sent');
    expect(mailSentence(settings({ ups: [mailed], mail: { host: 'mx' } }), en)).toBe('Mails go to a@example.org.');
    expect(networkSentence(settings(), en)).toContain('Only programs on this computer');
    expect(networkSentence(settings({ server: { rmonitor: true, users: [{ name: 'nas' }] } }), en)).toContain(
      '1 of them',
    );
  });

  test.each([
    [0, '0:00'],
    [305, '5:05'],
    [3905, '1:05:05'],
  ])('%i s on a clock', (seconds, text) => {
    expect(clockLength(seconds)).toBe(text);
  });
});

describe('the plan on the overview', () => {
  const ups = { name: 'ups', variables: { 'battery.runtime': { value: '840' } } } as unknown as UpsSnapshot;
  const monitor = (afterSeconds: number | undefined): MonitorView => {
    const step = (phrase: string, more: number) => ({
      ...(afterSeconds === undefined ? {} : { afterSeconds: afterSeconds + more }),
      who: 'x',
      what: { phrase, params: {} },
    });
    return {
      phase: 'watching',
      reason: { phrase: 'monitor.now.line', params: {} },
      canCancel: false,
      canPostpone: false,
      canShutDown: true,
      plan: [step('monitor.plan.begin', 0), step('monitor.plan.shutdown', 5)],
      secondaries: [],
      supplies: [{ ups: 'ups', role: 'primary', powerValue: 1, isGood: true, reason: { phrase: 'x', params: {} } }],
      decisions: [],
    };
  };

  test('says when this computer goes down, and what is left then', () => {
    expect(plain(planIfMainsFail(ups, monitor(300), en))).toBe(
      'If the power fails now: after 5 min on battery or as soon as the battery is low, this computer shuts down. That leaves about 8 min of reserve.',
    );
    expect(planIfMainsFail(ups, monitor(900), en)).toContain('The battery would be empty before that is done.');
  });

  test('without a timer a low battery decides', () => {
    expect(planIfMainsFail(ups, monitor(undefined), en)).toBe(
      'If the power fails now: as soon as the battery is low, this computer shuts down.',
    );
  });

  test('nothing is said of a UPS that nobody watches, or while it is already happening', () => {
    expect(planIfMainsFail({ ...ups, name: 'other' }, monitor(300), en)).toBeUndefined();
    expect(planIfMainsFail(ups, { ...monitor(300), phase: 'counting-down' }, en)).toBeUndefined();
    expect(planIfMainsFail(ups, undefined, en)).toBeUndefined();
  });
});
