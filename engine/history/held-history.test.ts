import { expect, test } from 'vitest';
import type { Incident } from '#domain/schema/snapshot.ts';
import { createHeldHistory, type HeldHistory, type HeldStep } from './held-history.ts';

const row = (since: number, changes = 1) => ({
  ups: 'office',
  since,
  until: since + 10,
  changes: Array.from({ length: changes }, () => ({ at: since, key: 'ups.load', value: 1 })),
});
const incident = (id: number, endedAt?: number): Incident => ({
  id,
  ups: 'office',
  kind: 'on-battery',
  startedAt: id,
  ...(endedAt === undefined ? {} : { endedAt }),
});

/** Everything that is held, as it would go into the file. */
function carriedOut(held: HeldHistory): HeldStep[] {
  const steps: HeldStep[] = [];
  for (let step = held.next(); step; step = held.next()) {
    steps.push(step);
    held.done();
  }
  return steps;
}

test('what came before a renaming goes into the file before it, and what came after it after it', () => {
  const held = createHeldHistory();
  held.addRows([row(0)]);
  held.rename('office', 'study', 5);
  held.addRows([row(10)]);
  expect(carriedOut(held).map((step) => (step.type === 'write' ? step.rows[0]?.since : step.next))).toEqual([
    0,
    'study',
    10,
  ]);
  expect(held.next()).toBeUndefined();
});

test('what comes while a batch is on its way waits for the next one, and what failed comes first again', () => {
  const held = createHeldHistory();
  held.addRows([row(0)]);
  const first = held.next();
  held.addRows([row(10)]);
  held.addIncident(incident(10));
  expect(first).toMatchObject({ rows: [{ since: 0 }], incidents: [] });
  held.failed();
  expect(carriedOut(held)).toMatchObject([
    { rows: [{ since: 0 }], incidents: [] },
    { rows: [{ since: 10 }], incidents: [{ id: 10 }] },
  ]);
});

test('too many readings lose their oldest, incidents are never dropped', () => {
  const held = createHeldHistory();
  for (let hour = 0; hour < 30; hour += 1) {
    held.addRows([row(hour * 1000, 3000)]);
    held.addIncident(incident(hour));
    held.addIncident(incident(hour, hour + 1));
    if (hour === 10) held.rename('office', 'study', hour);
  }
  expect(held.trim()).toBe(true);
  expect(held.trim()).toBe(false);
  const batches = carriedOut(held).flatMap((step) => (step.type === 'write' ? [step] : []));
  const changes = batches.flatMap(({ rows }) => rows.flatMap((one) => one.changes));
  expect(changes.length).toBeLessThanOrEqual(50_000);
  expect(batches.at(-1)?.rows.at(-1)?.since).toBe(29_000);
  expect(batches.flatMap(({ incidents }) => incidents.map(({ endedAt }) => endedAt))).toEqual(
    Array.from({ length: 30 }, (_, hour) => hour + 1),
  );
});
