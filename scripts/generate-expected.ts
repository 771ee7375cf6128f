/**
 * Writes expected.json and differences.json beside each recorded device: what this program makes of it, and where that
 * is not what NUT 2.8.5 made of the same bytes. Read the diff before committing; a new difference needs its reason.
 */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  compareFacts,
  interpretRecording,
  listedDifferences,
  nutFacts,
  ourFacts,
  RECORDINGS,
  recordingNames,
} from '../tests/support/device-proof.ts';

const json = (value: unknown): string => `${JSON.stringify(value, null, 1)}\n`;

let unexplained = 0;
for (const name of recordingNames()) {
  const result = interpretRecording(name);
  writeFileSync(join(RECORDINGS, name, 'expected.json'), json(result));
  const nut = nutFacts(name);
  const listFile = join(RECORDINGS, name, 'differences.json');
  if ('refused' in result || nut === undefined) {
    rmSync(listFile, { force: true });
    continue;
  }
  const reasons = new Map(listedDifferences(name).map((listed) => [listed.fact, listed.reason]));
  const { differences } = compareFacts(ourFacts(result), nut);
  const listed = differences.map((difference) => ({ ...difference, reason: reasons.get(difference.fact) ?? '' }));
  for (const { fact, ours, nut: theirs, reason } of listed) {
    if (reason !== '') continue;
    unexplained++;
    console.log(`${name}: ${fact} is ${ours ?? 'absent'}, NUT says ${theirs ?? 'nothing'}: give a reason`);
  }
  if (listed.length === 0) rmSync(listFile, { force: true });
  else writeFileSync(listFile, json(listed));
}
process.exitCode = unexplained === 0 ? 0 : 1;
