import { expect, test } from 'vitest';
import type { Incident } from '#domain/schema/snapshot.ts';
import { figuresOfIncident, spanAround, stateOfStatus } from './course.ts';

const AT = 1_768_415_000_000;
const outage: Incident = { id: AT, ups: 'ups', kind: 'on-battery', startedAt: AT, endedAt: AT + 20 * 60_000 };

test('an incident is shown with a fifth of its length before and after, and with nothing of the future', () => {
  expect(spanAround(outage, AT + 99 * 60_000)).toEqual({ from: AT - 4 * 60_000, to: AT + 24 * 60_000 });
  expect(spanAround({ ...outage, endedAt: AT + 2000 }, AT + 2000)).toEqual({ from: AT - 60_000, to: AT + 2000 });
});

test('a status is told as the state it stands for', () => {
  expect([stateOfStatus('OL CHRG'), stateOfStatus('OB DISCHRG'), stateOfStatus('OB DISCHRG LB')]).toEqual([
    'charging',
    'on-battery',
    'low-battery',
  ]);
});

test('figures are those of the incident, not of the time around it', () => {
  const load = [90, 20, 24, 90];
  const past = {
    from: AT - 10 * 60_000,
    stepMs: 10 * 60_000,
    series: [{ ups: 'ups', variable: 'ups.load', min: load, mean: load, max: load }],
    outages: [],
  };
  const { load: told, voltage } = figuresOfIncident(past, { ...outage, endedAt: AT + 19 * 60_000 }, AT + 60 * 60_000);
  expect(told).toEqual({ min: 20, mean: 22, max: 24 });
  expect(voltage).toBeUndefined();
});
