/**
 * `npm run bench [PART …]`: measures what the program promises and writes docs/benchmarks.md. Figures belong to the
 * machine and the moment; comparisons are made side by side in the same run.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, loadavg, release, totalmem, type as systemName } from 'node:os';
import { join } from 'node:path';
import { keepMemorySmall } from '#headless/service-memory.ts';
import { firstLaunch } from './first-launch.ts';
import { hid } from './hid.ts';
import { history } from './history.ts';
import { interfaceInBrowser } from './interface.ts';
import { nutClients } from './nut-clients.ts';
import { nutThroughput } from './nut-throughput.ts';
import type { Part, Section } from './section.ts';
import { service } from './service.ts';
import { shellWindow } from './shell-window.ts';

// What is measured here shuts computers down, and this one is not to be.
process.env.RIDETHROUGH_NO_POWER = 'true';

// What runs in this process is measured as `serve` runs it.
keepMemorySmall();

/** Every part of the benchmark, by the name it is asked for; a new one is a file and a line here. */
const PARTS: Readonly<Record<string, Part>> = {
  'nut-throughput': nutThroughput,
  'nut-clients': nutClients,
  hid,
  history,
  service,
  interface: interfaceInBrowser,
  'first-launch': firstLaunch,
  'shell-window': shellWindow,
};

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');

function document(sections: readonly Section[], load: number): string {
  const cpu = cpus()[0]?.model ?? 'unknown processor';
  const checks = sections.flatMap((section) => section.checks);
  return `# Benchmarks

Written by \`npm run bench\` on ${new Date().toISOString().slice(0, 10)}: ${cpu}, ${availableParallelism()} processors,
${Math.round(totalmem() / 2 ** 30)} GiB, ${systemName()} ${release().replace(/-.*/, '')}, Node ${process.versions.node}, load average ${load.toFixed(2)} at the start.

## Goals

${table(
  ['what', 'reach', 'measured', ''],
  checks.map(({ what, reach, measured, isMet }) => [what, reach, measured, isMet ? 'met' : '**missed**']),
)}
${sections
  .map(
    ({ title, notes, head, rows }) => `
## ${title}

${notes.map((note) => `${note}\n`).join('\n')}
${table(head, rows)}
`,
  )
  .join('')}`;
}

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !Object.hasOwn(PARTS, name));
if (unknown.length > 0) {
  console.error(`There is no part ${unknown.join(', ')}. Parts: ${Object.keys(PARTS).join(', ')}`);
  process.exit(2);
}
const load = loadavg()[0] ?? 0;
const sections: Section[] = [];
for (const [name, part] of Object.entries(PARTS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  console.log(`${name} …`);
  sections.push(await part());
}
const text = document(sections, load);
console.log(text);
// A part alone is for looking; the document holds a whole run.
if (wanted.length === 0) {
  const docs = join(import.meta.dirname, '..', 'docs');
  await mkdir(docs, { recursive: true });
  await writeFile(join(docs, 'benchmarks.md'), text);
}
const missed = sections.flatMap((section) => section.checks).filter((check) => !check.isMet);
process.exitCode = missed.length > 0 ? 1 : 0;
