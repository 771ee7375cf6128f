import { describe, expect, test } from 'vitest';
import type { MonitorView } from '#domain/schema/monitor.ts';
import type { Plan } from '#domain/schema/plan.ts';
import type { UpsSnapshot } from '#domain/schema/snapshot.ts';
import { LocaleState } from '../state/locale.svelte.ts';
import { monitorSentence, verdictOf } from './plan-text.ts';

const speak = (language: 'en' | 'de'): LocaleState =>
  new LocaleState({ choice: language, ofSystem: [language], keep: () => undefined });
const en = speak('en');
const plain = (text: string | undefined): string | undefined => text?.replaceAll('\u00a0', ' ');
const ups = { name: 'ups', variables: {} } as unknown as UpsSnapshot;

const planOf = (change: Partial<Plan> = {}): Plan => ({
  steps: [{ afterSeconds: 0, who: 'x', what: { phrase: 'rehearsal.fail', params: {} } }],
  action: 'shutdown',
  takesSeconds: 60,
  isMeasured: false,
  beginsAfterSeconds: 300,
  offAfterSeconds: 365,
  batterySeconds: 840,
  isInTime: true,
  ...change,
});
const monitorOf = (plan: Plan, change: Partial<MonitorView> = {}): MonitorView => ({
  phase: 'watching',
  reason: { phrase: 'monitor.now.line', params: { ups: 'ups' } },
  canCancel: false,
  canPostpone: false,
  canShutDown: true,
  plan,
  isSimulated: false,
  secondaries: [],
  supplies: [{ ups: 'ups', role: 'primary', powerValue: 1, isGood: true, reason: { phrase: 'x', params: {} } }],
  decisions: [],
  ...change,
});

describe('what the monitor says of a UPS', () => {
  test('when this computer would go down, and what is left of the battery then', () => {
    expect(plain(monitorSentence(ups, monitorOf(planOf()), en))).toBe(
      'If the power fails now: after 5 min on battery or as soon as the battery is low, this computer shuts down. That leaves about 7 min of reserve.',
    );
    expect(monitorSentence(ups, monitorOf(planOf({ isInTime: false })), en)).toContain(
      'The battery would be empty before that is done.',
    );
  });

  test('a low battery decides where there is no timer, whether its time is known or not', () => {
    const low = { afterSeconds: 756, who: 'ups', what: { phrase: 'rehearsal.low', params: {} } };
    const { beginsAfterSeconds: _, offAfterSeconds: _off, isInTime: _in, ...blind } = planOf();
    expect(monitorSentence(ups, monitorOf(blind), en)).toBe(
      'If the power fails now: as soon as the battery is low, this computer shuts down.',
    );
    const known = planOf({ steps: [low], beginsAfterSeconds: 756, offAfterSeconds: 800 });
    expect(monitorSentence(ups, monitorOf(known), en)).toMatch(
      /^If the power fails now: as soon as the battery is low, this computer shuts down\. That leaves/,
    );
  });

  test('that nothing goes down where nothing is to be done, or the UPS is a simulation', () => {
    const nothing = planOf({ action: 'nothing' });
    expect(monitorSentence(ups, monitorOf(nothing), en)).toContain('this computer is not shut down');
    expect(monitorSentence(ups, monitorOf(nothing, { isSimulated: true }), en)).toContain('this computer stays on');
  });

  test('why it waits, while the UPS is on battery', () => {
    const monitor = monitorOf(planOf({ from: 1000 }), {
      phase: 'on-battery',
      reason: { phrase: 'monitor.now.cancelled', params: { ups: 'ups' } },
    });
    expect(monitorSentence(ups, monitor, en)).toContain('cancelled by a person');
    expect(monitorSentence(ups, monitor, speak('de'))).toContain('von Hand abgebrochen');
  });

  test('nothing of a UPS that nobody watches', () => {
    expect(monitorSentence({ ...ups, name: 'other' }, monitorOf(planOf()), en)).toBeUndefined();
    expect(monitorSentence(ups, undefined, en)).toBeUndefined();
  });
});

test('what does not fit comes with what to change: beforehand the settings, in an outage the load', () => {
  const late = planOf({ isInTime: false });
  expect(verdictOf(late, en)?.change).toContain('Choose a shorter time');
  expect(verdictOf({ ...late, from: 1 }, en)?.change).toContain('Switch off what can be spared');
  expect(verdictOf(planOf({ action: 'nothing' }), en)).toBeUndefined();
});
