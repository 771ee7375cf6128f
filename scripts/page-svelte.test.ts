import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { compile } from 'svelte/compiler';
import { expect, test } from 'vitest';
import { withoutHydration, withoutSteps } from './page-svelte.ts';

const SVELTE = dirname(createRequire(import.meta.url).resolve('svelte/package.json'));
const HYDRATION = join(SVELTE, 'src/internal/client/dom/hydration.js');

const linesOf = (code: string): string[] =>
  code
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

test('hydration is never entered, and a Svelte that is written otherwise stops the build', async () => {
  const source = await readFile(HYDRATION, 'utf8');
  const made = withoutHydration(source);
  expect(made).toContain('export const hydrating = false;');
  expect(made).not.toMatch(/\bhydrating = (?!false;)/);
  expect(() => withoutHydration(made)).toThrow('any more');
});

test('a component is left with everything but its steps of hydration', () => {
  const { js } = compile('<div><p>{a}</p> <b>{reset(b)}</b></div> {#if a}<i>x</i>{/if} text', { filename: 'A.svelte' });
  const steps = ['$.reset(div);', '$.next();'];
  expect(linesOf(js.code)).toEqual(expect.arrayContaining(steps));
  expect(linesOf(withoutSteps(js.code))).toEqual(linesOf(js.code).filter((line) => !steps.includes(line)));
});
