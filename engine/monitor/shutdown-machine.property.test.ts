/** What holds of the shutdown machine whatever happens, in whatever order. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isBeyondReturn, type Facts, type MonitorState } from './monitor-state.ts';
import {
  aroundTickets,
  firstAttempts,
  happenings,
  live,
  newWorld,
  policies,
  runs,
  silence,
  sleep,
  tell,
  UPSES,
  type Happening,
} from '#tests/support/machine-world.ts';

describe('the shutdown machine', () => {
  test('never begins while enough supplies are on line', () => {
    let shutdowns = 0;
    fc.assert(
      fc.property(policies, happenings(silence, sleep), (policy, story) => {
        const world = newWorld();
        for (const happening of story) {
          const wasWatching = !isBeyondReturn(world.state);
          live(world, policy, happening);
          if (!wasWatching || !isBeyondReturn(world.state)) continue;
          shutdowns += 1;
          const onLine = Object.values(world.state.supplies).filter(
            ({ line, facts, contact }) =>
              line === 'OL' &&
              !['FSD', 'OFF'].some((word) => facts.status.includes(word)) &&
              !(contact === 'lost' && ['ALARM', 'BYPASS', 'CAL'].some((word) => facts.status.includes(word))),
          );
          expect(onLine.length).toBeLessThan(policy.minSupplies);
        }
      }),
      runs(300),
    );
    expect(shutdowns).toBeGreaterThan(30);
  });

  test('acts exactly once for each time it begins, and always gets there', () => {
    fc.assert(
      fc.property(policies, happenings(silence, sleep), (policy, story) => {
        const world = newWorld();
        for (const happening of story) live(world, policy, happening);
        const hasBegun = isBeyondReturn(world.state);
        for (let second = 0; hasBegun && second < 60; second += 1) {
          live(world, policy, { kind: 'time', seconds: 1 });
          live(world, policy, { kind: 'answers' });
        }
        expect(firstAttempts(world.effects)).toBe(hasBegun ? 1 : 0);
        for (const place of ['before', 'after'] as const) {
          const isWanted = hasBegun && policy.around[place] !== undefined;
          expect(aroundTickets(world.effects, place)).toHaveLength(isWanted ? 1 : 0);
        }
        if (hasBegun) expect(world.state.phase.phase).toBe('acted');
      }),
      runs(300),
    );
  });

  test('decides the same whether facts come one by one or in one look', () => {
    fc.assert(
      fc.property(policies, happenings(silence, sleep), (policy, story) => {
        const [whole, split] = [newWorld(), newWorld()];
        for (const happening of story) {
          live(whole, policy, happening);
          live(split, policy, happening, true);
          expect(split.state).toEqual(whole.state);
        }
        expect(split.effects).toEqual(whole.effects);
      }),
      runs(200),
    );
  });

  test('a cancelled outage leaves no trace once power is back', () => {
    fc.assert(
      fc.property(policies, fc.integer({ min: 0, max: 200 }), (policy, seconds) => {
        const [plain, cancelled] = [newWorld(), newWorld()];
        const facts = (words: string): Facts => ({ status: [words], isTesting: false, charge: 100, runtime: 9_999 });
        const both = (happening: Happening): void => {
          live(plain, policy, happening);
          live(cancelled, policy, happening);
        };
        for (const ups of UPSES) both({ kind: 'look', ups, facts: facts('OL') });
        const untouched = plain.state;
        for (const ups of UPSES) live(cancelled, policy, { kind: 'look', ups, facts: facts('OB') });
        if (isBeyondReturn(cancelled.state)) return;
        tell(cancelled, policy, [{ type: 'asked', what: { kind: 'cancel' } }]);
        live(cancelled, policy, { kind: 'time', seconds });
        expect(isBeyondReturn(cancelled.state)).toBe(false);
        for (const ups of UPSES) live(cancelled, policy, { kind: 'look', ups, facts: facts('OL') });
        expect(withoutLooks(cancelled.state)).toEqual(withoutLooks(untouched));
      }),
      runs(200),
    );
  });

  test('the time of day does no harm, wherever it jumps', () => {
    const jump = fc.integer({ min: -1e11, max: 1e11 });
    fc.assert(
      fc.property(
        policies,
        happenings(silence, sleep),
        fc.array(jump, { minLength: 1, maxLength: 60 }),
        (policy, story, jumps) => {
          const [steady, jumping] = [newWorld(), newWorld()];
          for (const [index, happening] of story.entries()) {
            jumping.wallShift = jumps[index % jumps.length] ?? 0;
            live(steady, policy, happening);
            live(jumping, policy, happening);
            expect(withoutTickets(jumping.state.phase)).toEqual(withoutTickets(steady.state.phase));
          }
          expect(withoutTickets(jumping.effects)).toEqual(withoutTickets(steady.effects));
        },
      ),
      runs(200),
    );
  });
});

/** Tickets only have to differ from one another. */
const withoutTickets = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (key, part: unknown) => (key === 'ticket' ? undefined : part)));

/** When it was last looked at is no trace. */
const withoutLooks = ({ supplies, ...state }: MonitorState): unknown => ({
  ...state,
  supplies: Object.fromEntries(
    Object.entries(supplies).map(([key, { heardAt: _heardAt, fineAt: _fineAt, ...supply }]) => [key, supply]),
  ),
});
