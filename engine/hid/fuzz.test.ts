import { expect, test } from 'vitest';
import { HidFuzzer } from '#tests/fuzz/hid-cases.ts';

test('damaged descriptors and reports of real UPSes keep every promise of the codec', () => {
  const fuzzer = new HidFuzzer();
  let values = 0;
  for (let caseNumber = 1; caseNumber <= 3000; caseNumber++) values += fuzzer.run(caseNumber).values;
  expect(values).toBeGreaterThan(3000);
});
