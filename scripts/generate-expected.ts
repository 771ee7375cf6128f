/**
 * Writes expected.json and differences.json beside each recorded device: what this program makes of it, and where that
 * is not what NUT said of it. Read the diff before committing; a new difference needs its reason.
 */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { interpretRecording, RECORDINGS, recordingNames } from '../tests/support/device-proof.ts';
import { compareRecording, listedDifferences, type Difference } from '../tests/support/reference-facts.ts';

const json = (value: unknown): string => `${JSON.stringify(value, null, 1)}\n`;
const keyOf = ({ than, fact }: Difference): string => `${than} ${fact}`;

let unexplained = 0;
for (const name of recordingNames()) {
  writeFileSync(join(RECORDINGS, name, 'expected.json'), json(interpretRecording(name)));
  const listFile = join(RECORDINGS, name, 'differences.json');
  const reasons = new Map(listedDifferences(name).map((listed) => [keyOf(listed), listed.reason]));
  const listed = compareRecording(name)
    .flatMap(({ differences }) => differences)
    .map((difference) => ({ ...difference, reason: reasons.get(keyOf(difference)) ?? '' }));
  for (const { than, fact, ours, nut, reason } of listed) {
    if (reason !== '') continue;
    unexplained++;
    console.log(`${name}: ${fact} is ${ours ?? 'absent'}, ${than} says ${nut ?? 'nothing'}: give a reason`);
  }
  if (listed.length === 0) rmSync(listFile, { force: true });
  else writeFileSync(listFile, json(listed));
}
process.exitCode = unexplained === 0 ? 0 : 1;
