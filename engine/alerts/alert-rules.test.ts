import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AlertKind } from '#domain/schema/alerts.ts';
import { alertPolicy, type AlertIncident } from './alert-policy.ts';
import { NO_ALERTS, stepAlerts, type Alert, type AlertMemory } from './alert-rules.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** People who are told, over a course of incidents with times in milliseconds. */
function told() {
  let memory: AlertMemory = NO_ALERTS;
  const alerts: Alert[] = [];
  const open = new Map<number, AlertIncident>();
  let wakeAt: number | undefined;
  let lastId = 0;
  const step = (incidents: readonly AlertIncident[], now: number): void => {
    // What is kept over a restart is what JSON keeps.
    const result = stepAlerts(JSON.parse(JSON.stringify(memory)) as AlertMemory, incidents, now, (kind) =>
      alertPolicy(kind),
    );
    ({ memory, wakeAt } = result);
    alerts.push(...result.alerts);
  };
  const until = (now: number): void => {
    while (wakeAt !== undefined && wakeAt <= now) step([...open.values()], wakeAt);
  };
  return {
    alerts,
    stages: () => alerts.map(({ stage }) => stage),
    begin(kind: AlertKind, at: number, ups = 'ups'): number {
      until(at);
      const id = ++lastId;
      open.set(id, { id, ups, kind, startedAt: at });
      step([...open.values()], at);
      return id;
    },
    end(id: number, at: number): void {
      until(at);
      const incident = open.get(id);
      if (!incident) throw new Error(`no incident ${id}`);
      open.delete(id);
      step([{ ...incident, endedAt: at }, ...open.values()], at);
    },
    until,
  };
}

describe('an incident', () => {
  test('on battery is told at once, and its end', () => {
    const people = told();
    const id = people.begin('on-battery', 0);
    expect(people.stages()).toEqual(['begin']);
    people.end(id, 90 * SECOND);
    expect(people.stages()).toEqual(['begin', 'end']);
    expect(people.alerts[1]?.incident.endedAt).toBe(90 * SECOND);
  });

  test('of lost contact is told after ten seconds, again every five minutes, and its end', () => {
    const people = told();
    const id = people.begin('no-contact', 0);
    people.until(9 * SECOND);
    expect(people.stages()).toEqual([]);
    people.until(10 * SECOND);
    expect(people.stages()).toEqual(['begin']);
    people.until(11 * MINUTE);
    expect(people.stages()).toEqual(['begin', 'repeat', 'repeat']);
    people.end(id, 11 * MINUTE);
    expect(people.stages()).toEqual(['begin', 'repeat', 'repeat', 'end']);
    expect(new Set(people.alerts.map((alert) => alert.id)).size).toBe(4);
  });

  test('that was over before it was told is not told, nor its end', () => {
    const people = told();
    people.end(people.begin('no-contact', 0), 8 * SECOND);
    people.until(5 * HOUR);
    expect(people.stages()).toEqual([]);
  });

  test('of which the program slept through several repetitions is told once more, not often', () => {
    const people = told();
    people.begin('replace-battery', 0);
    people.until(MINUTE);
    const id = people.begin('on-battery', 30 * HOUR);
    people.end(id, 30 * HOUR + SECOND);
    expect(people.alerts.filter(({ stage }) => stage === 'repeat')).toHaveLength(2);
  });

  test('does not wipe another one', () => {
    const people = told();
    people.begin('replace-battery', 0);
    people.until(MINUTE);
    people.end(people.begin('on-battery', 2 * MINUTE), 3 * MINUTE);
    expect(people.alerts.map(({ incident, stage }) => `${incident.kind} ${stage}`)).toEqual([
      'replace-battery begin',
      'on-battery begin',
      'on-battery end',
    ]);
  });
});

describe('a storm', () => {
  test('of a thousand lost contacts in an hour is three messages at most, and the summary counts them', () => {
    const people = told();
    for (let index = 0; index < 1000; index++) {
      const at = index * 3600;
      // Every tenth lasts long enough to be told on its own.
      people.end(people.begin('no-contact', at), at + (index % 10 === 0 ? 11 * SECOND : SECOND));
    }
    people.until(3 * HOUR);
    expect(people.stages()).toEqual(['begin', 'end', 'summary']);
    expect(people.alerts.at(-1)?.count).toBe(999);
  });

  test('of short outages goes on to tell those that last', () => {
    const people = told();
    for (let index = 0; index < 20; index++)
      people.end(people.begin('on-battery', index * MINUTE), index * MINUTE + SECOND);
    const before = people.alerts.length;
    expect(before).toBe(6);
    people.begin('on-battery', 20 * MINUTE);
    people.until(20 * MINUTE + 9 * SECOND);
    expect(people.alerts).toHaveLength(before);
    people.until(20 * MINUTE + 10 * SECOND);
    expect(people.alerts.slice(before).map(({ stage }) => stage)).toEqual(['begin']);
  });

  test('is none where the power was back for some minutes each time: every outage is told at once', () => {
    const people = told();
    for (let index = 0; index < 20; index++) {
      const at = index * 3 * MINUTE;
      const id = people.begin('on-battery', at);
      expect(people.alerts.at(-1)).toMatchObject({ stage: 'begin', at });
      people.end(id, at + 5 * SECOND);
    }
    people.until(3 * HOUR);
    expect(people.stages().filter((stage) => stage === 'summary')).toEqual([]);
  });

  test('of lost contact does not hold back that nobody sees how an outage goes on', () => {
    const people = told();
    people.end(people.begin('no-contact', 0), MINUTE);
    people.end(people.begin('no-contact', 2 * MINUTE), 3 * MINUTE);
    expect(people.stages()).toEqual(['begin', 'end']);
    people.begin('on-battery', 5 * MINUTE);
    people.begin('no-contact', 6 * MINUTE);
    people.until(6 * MINUTE + 30 * SECOND);
    expect(people.alerts.at(-1)).toMatchObject({ severity: 'danger', incident: { kind: 'no-contact' } });
  });

  test('never hides a forced shutdown', () => {
    const people = told();
    for (let index = 0; index < 20; index++)
      people.end(people.begin('forced-shutdown', index * SECOND), index * SECOND + 1);
    expect(people.stages().filter((stage) => stage === 'begin')).toHaveLength(20);
  });

  test('whatever happens: nothing is told twice, and no end without a beginning', () => {
    const kinds = fc.constantFrom<AlertKind>('on-battery', 'no-contact', 'replace-battery', 'low-battery');
    const course = fc.array(
      fc.tuple(kinds, fc.integer({ min: 0, max: 20 * MINUTE }), fc.integer({ min: 0, max: HOUR })),
      {
        maxLength: 40,
      },
    );
    fc.assert(
      fc.property(course, (incidents) => {
        const people = told();
        let at = 0;
        for (const [kind, pause, length] of incidents) {
          at += pause;
          const id = people.begin(kind, at);
          at += length;
          people.end(id, at);
        }
        people.until(at + 3 * HOUR);
        const ids = people.alerts.map(({ id }) => id);
        expect(new Set(ids).size).toBe(ids.length);
        for (const { stage, incident } of people.alerts) {
          if (stage !== 'end') continue;
          expect(ids).toContain(`${incident.id}-${incident.startedAt}-begin`);
        }
      }),
    );
  });
});
