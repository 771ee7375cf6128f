import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { UNUSED, withoutUnused } from './page-chart.ts';

const CHART = dirname(createRequire(import.meta.url).resolve('chart.js'));
const names = Object.values(UNUSED).flat();

test('what is left out is in chart.js, each name once', async () => {
  const found: string[] = [];
  for (const file of ['chart.js', 'chunks/index.js']) {
    found.push(...withoutUnused(await readFile(join(CHART, file), 'utf8'), new Set(names)).found);
  }
  expect(found.sort()).toEqual([...names].sort());
});

test('what is left out says so, and everything else works as before', async () => {
  const source = `
    function gone() { return 1; }
    function kept() { return { gone: () => 2 }; }
    class Owner { static of() { return new Owner(); } gone() { return 3; } kept() { return 4; } }
    const owner = { gone() { return 5; }, kept(value) { return value + gone(); } };
    export { kept, Owner, owner };`;
  const { code, found } = withoutUnused(source, new Set(['gone', 'Owner.gone', 'owner.gone', 'never']));
  expect(found).toEqual(['gone', 'Owner.gone', 'owner.gone']);
  const made = (await import(`data:text/javascript,${encodeURIComponent(code)}`)) as {
    readonly kept: () => { gone(): number };
    readonly Owner: { of(): { gone(): number; kept(): number } };
    readonly owner: { gone(): number; kept(value: number): number };
  };
  expect([made.kept().gone(), made.Owner.of().kept()]).toEqual([2, 4]);
  for (const call of [() => made.Owner.of().gone(), () => made.owner.gone(), () => made.owner.kept(1)]) {
    expect(call).toThrow('left out');
  }
});
