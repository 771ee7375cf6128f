import { describe, expect, test } from 'vitest';
import { asSeconds, asTimestamp } from '#domain/units.ts';
import type { MonitorNow, Secondaries } from './monitor-state.ts';
import { allMissing, expire, renameUpses, stillThere, told } from './secondaries.ts';
import { renamedKeys } from './supply.ts';
import { policyOf, supplyOf } from './test-support.ts';

const NOBODY: Secondaries = { logins: {}, missing: [] };
const HOSTSYNC = asSeconds(15);
const now = (at: number): MonitorNow => ({ at, wall: asTimestamp(at) });
const NAS = '192.0.2.20';
const PI = '192.0.2.31';

const there = told(NOBODY, 'Ups', { others: [NAS, PI] }, HOSTSYNC, now(0));

test('who logged in is there, and who said goodbye is not', () => {
  expect(stillThere(there, ['ups'])).toEqual([NAS, PI]);
  expect(stillThere(there, ['other'])).toEqual([]);
  expect(stillThere(told(there, 'ups', { others: [PI] }, HOSTSYNC, now(1)), ['ups'])).toEqual([PI]);
});

describe('who went without a goodbye', () => {
  const broken = told(there, 'ups', { others: [PI], broken: [NAS] }, HOSTSYNC, now(1000));

  test('is expected back until HOSTSYNC is over', () => {
    expect(stillThere(broken, ['ups'])).toEqual([PI, NAS]);
    expect(stillThere(expire(broken, now(15_999)), ['ups'])).toEqual([PI, NAS]);
    expect(stillThere(expire(broken, now(16_000)), ['ups'])).toEqual([PI]);
  });

  test('is there like any other once back, and gone after a goodbye', () => {
    const back = told(broken, 'ups', { others: [PI, NAS] }, HOSTSYNC, now(2000));
    expect(back.missing).toEqual([]);
    expect(stillThere(told(back, 'ups', { others: [PI] }, HOSTSYNC, now(3000)), ['ups'])).toEqual([PI]);
  });

  test('is everybody, when this program was started anew', () => {
    const anew = allMissing(there, HOSTSYNC, now(5000));
    expect(stillThere(anew, ['ups'])).toEqual([NAS, PI]);
    expect(stillThere(expire(anew, now(20_000)), ['ups'])).toEqual([]);
  });
});

test('a UPS that is renamed keeps who hangs on it, also where it takes the name of another', () => {
  const before = policyOf({ supplies: [supplyOf('one@localhost'), supplyOf('two@localhost')] });
  const after = policyOf({ supplies: [supplyOf('two@localhost')] });
  const both: Secondaries = {
    logins: { 'one@localhost': [NAS], 'two@localhost': [PI] },
    missing: [{ ups: 'one@localhost', address: PI, until: 9000 }],
  };
  const renamed = renameUpses(both, renamedKeys(before, after, [['one', 'two']]));
  expect(renamed).toEqual({
    logins: { 'two@localhost': [NAS] },
    missing: [{ ups: 'two@localhost', address: PI, until: 9000 }],
  });
  const exchanged = renameUpses(
    both,
    renamedKeys(before, before, [
      ['one', 'two'],
      ['two', 'one'],
    ]),
  );
  expect(exchanged.logins).toEqual({ 'two@localhost': [NAS], 'one@localhost': [PI] });
});
