import { describe, expect, test } from 'vitest';
import type { FoundDevice } from '#domain/contract.ts';
import type { Plan } from '#domain/schema/plan.ts';
import { SettingsDraft } from '#domain/schema/settings/settings.ts';
import { LocaleState } from '../../state/locale.svelte.ts';
import { verdictOf } from '../../text/plan-text.ts';
import { neighbourOf, stepsFor } from './wizard-steps.ts';
import { mailSentence, nameSentence, networkSentence, powerSentence, unitSentence } from './wizard-text.ts';
import {
  idsBeside,
  nameOfUnit,
  proposedUps,
  remoteUps,
  ruleLine,
  standsFor,
  upsesFor,
  withDecisions,
} from './wizard-units.ts';

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
    expect(both[1]?.description).toBe('Größe 3');
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

  test('another choice keeps the name, the timer and the addresses', () => {
    const [before] = upsesFor([ONE], [ONE, OTHER], makeId);
    if (!before) throw new Error('a unit makes a UPS');
    const decided = {
      ...before,
      identifier: 'study',
      aliases: ['ups2'],
      shutdowntimer: 600,
      toemail: ['a@example.org'],
    };
    const [other] = withDecisions(upsesFor([OTHER], [ONE, OTHER], makeId), decided);
    expect(other).toMatchObject({ identifier: 'study', shutdowntimer: 600, toemail: ['a@example.org'] });
    expect(other?.options).toContain('serial = "B2"');
    expect(other?.id).not.toBe(before.id);
    const all = withDecisions(upsesFor([ONE, OTHER], [ONE, OTHER], makeId), decided);
    expect(all.map(({ identifier, aliases, shutdowntimer }) => [identifier, aliases, shutdowntimer])).toEqual([
      ['study', ['ups2'], 600],
      ['ups22', [], 600],
    ]);
    const [remote] = withDecisions([remoteUps('x')], decided);
    expect(remote).toMatchObject({ mode: 'SLAVE', driver: '', identifier: 'ups', aliases: [], shutdowntimer: 600 });
    expect(withDecisions([proposedUps('y')], undefined)).toEqual([proposedUps('y')]);
  });

  test('have ids that every window makes the same, and none that is taken', () => {
    const [one, other] = [idsBeside(['ups-2']), idsBeside(['ups-2'])];
    expect([one(), one()]).toEqual(['ups-1', 'ups-3']);
    expect(other()).toBe('ups-1');
  });

  test('have the line of the rule that opens them', () => {
    expect(ruleLine(ONE)).toBe(
      'SUBSYSTEM=="hidraw", KERNELS=="0003:051D:0002.*", MODE="0660", GROUP="ridethrough", TAG+="uaccess"',
    );
    expect(ruleLine({ ...ONE, selectors: [] })).toBeUndefined();
  });

  test.each([
    ['Back-UPS ES 700 (051d:0002)', 'Back-UPS ES 700'],
    ['Back-UPS ES 850G2 FW:938.a2 .I USB FW:a2 (051d:0002)', 'Back-UPS ES 850G2'],
    ['device (0463:ffff)', 'UPS 0463:ffff'],
    ['Powerware 9130', 'Powerware 9130'],
  ])('%s is called %s', (title, name) => {
    expect(nameOfUnit({ ...ONE, title })).toBe(name);
  });
});

const rehearsal: Plan = {
  steps: [{ afterSeconds: 365, who: 'x', what: { phrase: 'rehearsal.off', params: {} } }],
  action: 'shutdown',
  takesSeconds: 60,
  isMeasured: false,
  beginsAfterSeconds: 300,
  offAfterSeconds: 365,
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

  test('the time that the command before may take is said beside it', () => {
    expect(plain(powerSentence(proposedUps('x'), { ...rehearsal, beforeSeconds: 90 }, en))).toContain(
      'That takes about 1 min. The command before it takes up to 1:30.',
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
    expect(verdictOf(blind, en)?.text).toContain('nobody can say whether that is enough');
    expect(plain(verdictOf(rehearsal, en)?.text)).toBe('All is off about 7 min before the battery is empty.');
    const late = verdictOf({ ...rehearsal, isInTime: false }, en);
    expect(late?.text).toBe('The battery is empty before this computer is off.');
    expect(late?.change).toContain('Choose a shorter time');
  });

  test('who has the cable', () => {
    const [ups] = upsesFor([ONE], [ONE], makeId);
    expect(unitSentence(settings(), true, en)).toContain('The first UPS on a USB port');
    expect(unitSentence(settings({ ups: [ups] }), true, en)).toBe('This computer reads Back-UPS ES 700.');
    expect(unitSentence(settings({ ups: [ups] }), false, en)).toContain('As soon as it can be opened');
    const remote = { ...remoteUps('x'), identifier: 'rack', remotehost: 'nas' };
    expect(unitSentence(settings({ ups: [remote] }), true, en)).toBe('This computer follows rack on nas.');
    expect(unitSentence({ ...settings(), ups: [remoteUps('x')] }, true, en)).toContain('Which computer has the cable');
  });

  test('what it is called, and which computer goes down first', () => {
    expect(nameSentence(settings(), en)).toBe(
      'Programs and other computers find it as “ups”. This computer has the cable, so it goes down last, after the computers that follow it (NUT: primary, formerly master).',
    );
    const remote = { ...remoteUps('x'), identifier: 'rack', remotehost: 'nas' };
    expect(nameSentence(settings({ ups: [remote] }), en)).toContain('Another computer has the cable, so this one goes');
    expect(nameSentence(settings({ ups: [proposedUps('y'), remote] }), en)).toContain('This computer has the cable');
  });

  test('who is told, and who may ask', () => {
    const mailed = { ...proposedUps('x'), emailnotify: true, toemail: ['a@example.org'] };
    expect(mailSentence(settings(), en)).toBe('Nobody is told by mail.');
    expect(mailSentence(settings({ ups: [mailed] }), en)).toContain('without a mail server none can be sent');
    expect(mailSentence(settings({ ups: [mailed], mail: { host: 'mx' } }), en)).toBe('Mails go to a@example.org.');
    expect(networkSentence(settings(), en)).toContain('Only programs on this computer');
    expect(networkSentence(settings({ server: { rmonitor: true } }), en)).toContain('none of them has an account');
    expect(networkSentence(settings({ server: { rmonitor: true, users: [{ name: 'nas' }] } }), en)).toContain(
      '1 of them',
    );
  });
});
