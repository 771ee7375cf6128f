import { expect, test } from 'vitest';
import { nearestName } from './nearest-name.ts';

const NAMES = ['pollfreq', 'pollonly', 'offdelay', 'ondelay', 'MAXAGE', 'bus'];

test.each([
  ['polfreq', 'pollfreq'],
  ['pollferq', 'pollfreq'],
  ['maxage', 'MAXAGE'],
  ['MAXAEG', 'MAXAGE'],
  ['buss', 'bus'],
])('%s most likely means %s', (written, meant) => {
  expect(nearestName(written, NAMES)).toBe(meant);
});

test.each(['colour', 'xyz', '', 'x'.repeat(100_000)])('nothing is guessed for a name that is like none', (written) => {
  expect(nearestName(written, NAMES)).toBeUndefined();
});
