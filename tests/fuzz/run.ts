/**
 * `npm run fuzz [-- --count N] [--start N]`: damaged descriptors and reports against engine/hid. Ends with status 1 at the
 * first broken promise and names the case; `--start CASE --count 1` runs it again.
 */
import { parseArgs } from 'node:util';
import { HidFuzzer } from './hid-cases.ts';

const SLOW_MS = 250;
const MEGABYTE = 2 ** 20;

const { values: options } = parseArgs({
  options: { count: { type: 'string', default: '1000000' }, start: { type: 'string', default: '1' } },
});
const count = Number(options.count);
const start = Number(options.start);
if (!Number.isSafeInteger(count) || count < 1 || !Number.isSafeInteger(start) || start < 0) {
  console.error('usage: npm run fuzz [-- --count N] [--start N]');
  process.exit(2);
}

const fuzzer = new HidFuzzer();
const total = { refused: 0, fields: 0, reports: 0, values: 0, slowestMs: 0, slowest: start, memory: 0 };

function timed(caseNumber: number): number {
  const began = performance.now();
  fuzzer.run(caseNumber);
  return performance.now() - began;
}

function runCase(caseNumber: number): void {
  const began = performance.now();
  const outcome = fuzzer.run(caseNumber);
  let tookMs = performance.now() - began;
  // A busy machine can hold any case up; only one that is slow each time it is tried is slow by itself.
  for (let again = 0; again < 3 && tookMs > SLOW_MS; again++) tookMs = Math.min(tookMs, timed(caseNumber));
  if (tookMs > SLOW_MS) throw new Error(`took ${tookMs.toFixed(0)} ms, more than ${SLOW_MS}`);
  if (tookMs > total.slowestMs) {
    total.slowestMs = tookMs;
    total.slowest = caseNumber;
  }
  total.refused += outcome.isRefused ? 1 : 0;
  total.fields += outcome.fields;
  total.reports += outcome.reports;
  total.values += outcome.values;
}

const began = performance.now();
const progressEvery = Math.max(1, Math.floor(count / 20));
for (let done = 0; done < count; done++) {
  const caseNumber = start + done;
  try {
    runCase(caseNumber);
  } catch (error) {
    console.error(`case ${caseNumber}:`, error);
    console.error(`again: npm run fuzz -- --start ${caseNumber} --count 1`);
    process.exit(1);
  }
  if ((done + 1) % progressEvery === 0) {
    total.memory = Math.max(total.memory, process.memoryUsage.rss());
    const seconds = (performance.now() - began) / 1000;
    console.log(`${done + 1} of ${count} cases, ${Math.round((done + 1) / seconds)}/s`);
  }
}

const seconds = (performance.now() - began) / 1000;
console.log(
  [
    `${count} cases in ${seconds.toFixed(0)} s without a crash, a hang or a value that is no number`,
    `descriptors read ${count - total.refused}, refused ${total.refused}; fields ${total.fields}`,
    `reports ${total.reports}; values ${total.values}`,
    `slowest case ${total.slowest}: ${total.slowestMs.toFixed(1)} ms; memory at most ${Math.round(total.memory / MEGABYTE)} MiB`,
  ].join('\n'),
);
