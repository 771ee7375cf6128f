import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { UpsSnapshot } from '#domain/schema/snapshot.ts';
import { NOTHING_TOLD, stepNotices } from './notification-rules.ts';
import { upsWith } from './test-support.ts';

const status = (text: string, variables: Record<string, string> = {}) => upsWith({ 'ups.status': text, ...variables });
const lost = upsWith({ 'ups.status': 'OL' }, { availability: 'stale' });
const never = upsWith({}, { availability: 'not-connected' });

function told(...states: UpsSnapshot[]): string[] {
  let memory = NOTHING_TOLD;
  return states.flatMap((state) => {
    const step = stepNotices(memory, state, false, 'en');
    memory = step.memory;
    return step.notice ? [step.notice.kind] : [];
  });
}

test('an outage is told once, and its end', () => {
  expect(told(status('OL'), status('OB'), status('OB DISCHRG'), status('OB'), status('OL CHRG'), status('OL'))).toEqual(
    ['on-battery', 'back'],
  );
});

test('a start in the middle of an outage tells it', () => {
  expect(told(never, status('WAIT'), status('OB'))).toEqual(['on-battery']);
});

test('a calm start says nothing', () => {
  expect(told(never, status('OL CHRG'), status('OL'))).toEqual([]);
});

test('the end of a self test is told with its result, once', () => {
  const running = status('OB', { 'ups.test.result': 'In progress' });
  const passed = status('OL CHRG', { 'ups.test.result': 'Done and passed' });
  expect(told(passed, running, running, passed, passed)).toEqual(['test-ended']);
  const { memory } = stepNotices(NOTHING_TOLD, running, false, 'en');
  expect(stepNotices(memory, passed, false, 'en').notice).toMatchObject({
    title: 'Battery test finished',
    body: 'The UPS says: Done and passed.',
    isUrgent: false,
  });
});

test('a battery that flickers between low and not low is told once', () => {
  expect(told(status('OB'), status('OB LB'), status('OB'), status('OB LB'), status('OL'))).toEqual([
    'on-battery',
    'low-battery',
    'back',
  ]);
});

test('low battery and outage in the same reading are one notification', () => {
  expect(told(status('OL'), status('OB LB'))).toEqual(['low-battery']);
});

test('a forced shutdown is told after a low battery', () => {
  expect(told(status('OB LB'), status('FSD OB LB'), status('FSD OB LB'))).toEqual(['low-battery', 'forced-shutdown']);
});

test('the loss of contact is told once, and its return', () => {
  expect(told(status('OL'), lost, never, lost, status('OL'))).toEqual(['no-contact', 'contact']);
});

test('a UPS that was never heard is not missed', () => {
  expect(told(never, never, lost)).toEqual([]);
});

test('contact that returns with bad news brings only the news', () => {
  expect(told(status('OL'), lost, status('OB'))).toEqual(['no-contact', 'on-battery']);
});

test('an outage that goes on after lost contact is not told anew', () => {
  expect(told(status('OB'), lost, status('OB'), status('OL'))).toEqual(['on-battery', 'no-contact', 'contact', 'back']);
});

test('a self test and a calibration are no outage', () => {
  const testing = upsWith({ 'ups.status': 'OB', 'ups.test.result': 'In progress' });
  expect(told(status('OL'), testing, status('OL'), status('OB CAL'), status('OL'))).toEqual([]);
});

test('texts say what is left, and name the UPS where there are several', () => {
  const outage = status('OB', { 'battery.runtime': '840' });
  expect(stepNotices(NOTHING_TOLD, outage, false, 'en').notice).toMatchObject({
    title: 'Power is out',
    body: 'On battery. About 14\u00a0min left.',
    isUrgent: true,
  });
  expect(stepNotices(NOTHING_TOLD, outage, true, 'en').notice?.title).toBe('Power is out: office');
});

test('they are said in the language asked for', () => {
  expect(stepNotices(NOTHING_TOLD, status('OB', { 'battery.runtime': '840' }), true, 'de').notice).toMatchObject({
    title: 'Stromausfall: office',
    body: 'Akkubetrieb. Noch etwa 14\u00a0min.',
  });
  expect(stepNotices(NOTHING_TOLD, status('OB LB'), false, 'de').notice).toMatchObject({
    title: 'Akku fast leer',
    body: 'Der Akku ist fast leer. Jetzt die Arbeit speichern.',
  });
});

test('whatever happens, nothing is told twice in a row', () => {
  const anything = fc.constantFrom(
    ...['OL', 'OB', 'OB LB', 'FSD', 'WAIT', 'OL CHRG', 'OB CAL', 'OL OVER', ''].map((text) => status(text)),
    lost,
    never,
  );
  fc.assert(
    fc.property(fc.array(anything, { maxLength: 40 }), (states) => {
      const kinds = told(...states);
      expect(kinds.filter((kind, at) => kind === kinds[at - 1])).toEqual([]);
    }),
  );
});
