/** What holds of the shutdown machine although its program is killed and started again at any moment. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { asSeconds } from '#domain/units.ts';
import { toPowerOff } from './going-down.ts';
import { isBeyondReturn, type MonitorState } from './monitor-state.ts';
import type { MonitorEffect, MonitorEvent } from './machine-step.ts';
import {
  aroundTickets,
  firstAttempts,
  happenings,
  live,
  newWorld,
  policies,
  runs,
  START,
  tell,
  ticketsOf,
  UPSES,
  type Happening,
} from '#tests/support/machine-world.ts';
import { policyOf } from './test-support.ts';

describe('the shutdown machine', () => {
  test('decides the same when it was killed and started again between any two steps', () => {
    let shutdowns = 0;
    const kills = fc.array(fc.boolean(), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(policies, happenings(), kills, (policy, story, isKilled) => {
        const [whole, killed] = [newWorld(), newWorld()];
        const lastLook = new Map<string, Happening>();
        const kill = (): void => {
          killed.state = JSON.parse(JSON.stringify(killed.state)) as MonitorState;
          tell(killed, policy, [{ type: 'started', isSameRun: true, isRecent: true, computerStartedAt: START }]);
          for (const again of lastLook.values()) for (const world of [whole, killed]) live(world, policy, again);
        };
        for (const [index, happening] of story.entries()) {
          for (const world of [whole, killed]) live(world, policy, happening);
          if (happening.kind === 'look') lastLook.set(happening.ups, happening);
          if (isKilled[index % isKilled.length] === true) kill();
          expect(isBeyondReturn(killed.state)).toBe(isBeyondReturn(whole.state));
          if (isBeyondReturn(whole.state)) break;
        }
        const hasBegun = isBeyondReturn(whole.state);
        for (let second = 0; hasBegun && second < 60; second += 1) {
          for (const world of [whole, killed]) live(world, policy, { kind: 'time', seconds: 1 });
          // A kill every few seconds, or nothing would ever be done.
          if (second % 7 === 0 && isKilled[second % isKilled.length] === true) kill();
          for (const world of [whole, killed]) live(world, policy, { kind: 'answers' });
        }
        for (const world of [whole, killed]) {
          expect(ticketsOf(world.effects)).toHaveLength(hasBegun ? 1 : 0);
          for (const place of ['before', 'after'] as const) {
            const isWanted = hasBegun && policy.around[place] !== undefined;
            expect(aroundTickets(world.effects, place)).toHaveLength(isWanted ? 1 : 0);
          }
        }
        if (!hasBegun) return;
        shutdowns += 1;
        expect([whole.state.phase.phase, killed.state.phase.phase]).toEqual(['acted', 'acted']);
      }),
      runs(200),
    );
    expect(shutdowns).toBeGreaterThan(20);
  });

  test('leaves nothing out, whichever step it is killed after: before anything of that step is done', () => {
    let killedUnderWay = 0;
    fc.assert(
      fc.property(
        policies,
        fc.boolean(),
        // One that never says what became of it is not waited for.
        fc.boolean(),
        fc.array(fc.record({ at: fc.integer({ min: 0, max: 40 }), pause: fc.constantFrom(0, 3_000, 60_000) }), {
          maxLength: 3,
        }),
        (given, isFlagged, doesAnswer, kills) => {
          const policy = { ...given, ...(isFlagged ? { powerDownFlag: '/flag' } : {}) };
          const world = newWorld();
          const done: MonitorEffect[] = [];
          let count = 0;
          let beforeEndsAt = 0;
          const takeStep = (...events: readonly MonitorEvent[]): void => {
            world.effects.length = 0;
            tell(world, policy, [...events, { type: 'pass' }]);
            count += 1;
            const kill = kills.find(({ at }) => at === count);
            if (kill) {
              if (isBeyondReturn(world.state)) killedUnderWay += 1;
              world.effects.length = 0;
              world.at += kill.pause;
              world.state = JSON.parse(JSON.stringify(world.state)) as MonitorState;
              tell(world, policy, [
                { type: 'started', isSameRun: true, isRecent: true, computerStartedAt: START },
                { type: 'pass' },
              ]);
            }
            const asked = [...world.effects];
            done.push(...asked);
            for (const effect of asked) {
              if (effect.type === 'run-around' && effect.place === 'before')
                beforeEndsAt = world.at + (doesAnswer ? 0 : effect.seconds * 1000);
              if (effect.type === 'act') expect(world.at).toBeGreaterThanOrEqual(beforeEndsAt);
              if (effect.type === 'power-off-ups') takeStep({ type: 'power-off-ended' });
              if (effect.type === 'run-around' && doesAnswer)
                takeStep({ type: 'around-ended', place: effect.place, ticket: effect.ticket, failure: undefined });
            }
          };
          for (let second = 0; second < 200 && !done.some(({ type }) => type === 'act'); second += 1) {
            world.at += 1000;
            takeStep(
              ...UPSES.map((ups): MonitorEvent => ({
                type: 'facts',
                ups,
                facts: { status: ['OB', 'LB'], isTesting: false },
              })),
              ...UPSES.map((ups): MonitorEvent => ({ type: 'logins', ups, others: [] })),
            );
          }
          const places = (type: MonitorEffect['type']): number => done.findIndex((effect) => effect.type === type);
          const act = places('act');
          expect(act).toBeGreaterThanOrEqual(0);
          const wanted: MonitorEffect['type'][] = [
            ...(policy.supplies.some(({ role }) => role === 'primary') ? (['set-fsd'] as const) : []),
            ...(policy.around.before === undefined ? [] : (['run-around'] as const)),
            ...(isFlagged ? (['write-power-down-flag'] as const) : []),
            ...(toPowerOff(policy).length > 0 ? (['power-off-ups'] as const) : []),
          ];
          // Each of them, in this order.
          const order = [...wanted.map(places), act];
          expect(order).not.toContain(-1);
          expect(order).toEqual(order.toSorted((a, b) => a - b));
          expect(aroundTickets(done, 'before').length).toBe(policy.around.before === undefined ? 0 : 1);
          expect(ticketsOf(done)).toHaveLength(1);
        },
      ),
      runs(300),
    );
    expect(killedUnderWay).toBeGreaterThan(30);
  });

  test('never goes down earlier for a kill while contact is lost, and goes down all the same', () => {
    let shutdowns = 0;
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 5 }), (kills) => {
        const policy = policyOf();
        const world = newWorld();
        live(world, policy, { kind: 'look', ups: 'ups', facts: { status: ['OB'], isTesting: false } });
        live(world, policy, { kind: 'silence', ups: 'ups' });
        for (const seconds of kills) {
          live(world, policy, { kind: 'time', seconds });
          if (isBeyondReturn(world.state)) break;
          tell(world, policy, [{ type: 'started', isSameRun: true, isRecent: true, computerStartedAt: START }]);
          live(world, policy, { kind: 'silence', ups: 'ups' });
        }
        if (isBeyondReturn(world.state)) expect(world.at).toBeGreaterThan(15_000);
        live(world, policy, { kind: 'time', seconds: 16 });
        expect(isBeyondReturn(world.state)).toBe(true);
        shutdowns += 1;
      }),
      runs(200),
    );
    expect(shutdowns).toBeGreaterThan(100);
  });

  test('a primary goes after its secondaries, whoever is killed, or when HOSTSYNC is over', () => {
    const names = ['nas', 'pc', 'pi'] as const;
    const moves = fc.array(
      fc.record({
        what: fc.constantFrom('in', 'gone', 'broken', 'kill', 'time', 'time'),
        who: fc.constantFrom(...names),
        seconds: fc.integer({ min: 1, max: 6 }),
      }),
      { minLength: 5, maxLength: 40 },
    );
    let [early, late] = [0, 0];
    fc.assert(
      fc.property(moves, fc.integer({ min: 0, max: 20 }), (story, lowAfter) => {
        const policy = policyOf({ finalDelay: asSeconds(2) });
        const world = newWorld();
        const hostSync = policy.hostSync * 1000;
        const present = new Set<string>();
        const expected = new Map<string, number>();
        let begunAt: number | undefined;
        const tellLogins = (broken: readonly string[] = []): void =>
          tell(world, policy, [{ type: 'logins', ups: 'ups', others: [...present], broken }, { type: 'pass' }]);
        const look = (): void => {
          const status = world.at >= lowAfter * 1000 ? ['OB', 'LB'] : ['OB'];
          live(world, policy, { kind: 'look', ups: 'ups', facts: { status, isTesting: false } });
        };
        const check = (): boolean => {
          if (begunAt === undefined && isBeyondReturn(world.state)) begunAt = world.at;
          if (firstAttempts(world.effects) === 0) return false;
          if (world.at >= (begunAt ?? 0) + hostSync) {
            late += 1;
            return true;
          }
          early += 1;
          expect([...present]).toEqual([]);
          expect([...expected].filter(([, until]) => world.at < until)).toEqual([]);
          return true;
        };
        for (const { what, who, seconds } of story) {
          switch (what) {
            case 'in':
              present.add(who);
              expected.delete(who);
              tellLogins();
              break;
            case 'gone':
              present.delete(who);
              tellLogins();
              break;
            case 'broken':
              if (!present.delete(who)) break;
              expected.set(who, world.at + hostSync);
              tellLogins([who]);
              break;
            case 'kill':
              for (const name of present) expected.set(name, world.at + hostSync);
              present.clear();
              world.state = JSON.parse(JSON.stringify(world.state)) as MonitorState;
              tell(world, policy, [{ type: 'started', isSameRun: true, isRecent: true, computerStartedAt: START }]);
              tellLogins();
              break;
            case 'time':
              for (let second = 0; second < seconds; second += 1) {
                live(world, policy, { kind: 'time', seconds: 1 });
                look();
                tellLogins();
                if (check()) return;
              }
          }
          if (check()) return;
        }
      }),
      runs(400),
    );
    expect(early).toBeGreaterThan(3);
    expect(late).toBeGreaterThan(3);
  });
});
