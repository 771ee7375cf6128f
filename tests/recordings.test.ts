import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  compareFacts,
  interpretRecording,
  listedDifferences,
  nutFacts,
  ourFacts,
  RECORDINGS,
  recordingNames,
  type Comparison,
} from './support/device-proof.ts';

const MINIMUM_EQUAL_SHARE = 0.97;

const expectedOf = (name: string): unknown =>
  JSON.parse(readFileSync(join(RECORDINGS, name, 'expected.json'), 'utf8')) as unknown;

function comparisonOf(name: string): Comparison | undefined {
  const result = interpretRecording(name);
  const nut = nutFacts(name);
  return 'refused' in result || nut === undefined ? undefined : compareFacts(ourFacts(result), nut);
}

describe.each(recordingNames())('recording %s', (name) => {
  test('is read as expected.json says (node scripts/generate-expected.ts rewrites it)', () => {
    expect(JSON.parse(JSON.stringify(interpretRecording(name)))).toEqual(expectedOf(name));
  });

  test('differs from NUT 2.8.5 only where differences.json gives a reason', () => {
    const found = comparisonOf(name)?.differences ?? [];
    const listed = listedDifferences(name);
    expect(found).toEqual(listed.map(({ fact, ours, nut }) => ({ fact, ours, nut })));
    expect(listed.filter(({ reason }) => reason.length < 20)).toEqual([]);
  });
});

test(`at least ${MINIMUM_EQUAL_SHARE * 100} % of what NUT 2.8.5 says of the recordings is said here too`, () => {
  const comparisons = recordingNames().flatMap((name) => comparisonOf(name) ?? []);
  const equal = comparisons.reduce((sum, each) => sum + each.equal, 0);
  const total = comparisons.reduce((sum, each) => sum + each.total, 0);
  expect(comparisons.length).toBeGreaterThanOrEqual(16);
  expect(equal / total).toBeGreaterThanOrEqual(MINIMUM_EQUAL_SHARE);
});

test('what NUT told on the machine of a Back-UPS 500 is told here from the recording of its bytes', () => {
  const name = '051d-0002-back-ups-500';
  const result = interpretRecording(name);
  if ('refused' in result) throw new Error(result.refused);
  const told = readFileSync(join(RECORDINGS, name, 'upsc.txt'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split(': ') as [string, string])
    .filter(([variable]) => !variable.startsWith('driver.'));
  // Only the blanks around the firmware numbers are not kept.
  const ours = told.map(([variable]) => [variable, result.variables[variable]]);
  expect(ours).toEqual(told.map(([variable, value]) => [variable, value.trim()]));
});
