/**
 * Svelte as the page needs it. It is drawn in the browser alone: no server has written anything of it before, so nothing is
 * taken over from there ("hydrated"), and neither are the steps that keep the place while that is done.
 */
import type { Plugin } from 'vite';

/** The state of hydration, which is never entered. [as Svelte has it, as the page has it] */
const NEVER = [
  ['export let hydrating = false;', 'export const hydrating = false;'],
  ['\thydrating = value;\n', ''],
] as const;

/** @throws Error where Svelte is not written as it was when this was */
export function withoutHydration(source: string): string {
  return NEVER.reduce((text, [before, after]) => {
    if (!text.includes(before)) throw new Error(`scripts/page-svelte.ts: Svelte has no "${before.trim()}" any more`);
    return text.replace(before, after);
  }, source);
}

/** A compiled component without its steps of hydration. Each is a line of its own. */
export const withoutSteps = (code: string): string => code.replaceAll(/^\s*\$\.(?:reset|next)\([^()]*\);\n/gm, '');

export const pageSvelte = (): Plugin => ({
  name: 'page-svelte',
  apply: 'build',
  enforce: 'post',
  transform: {
    filter: { id: /\.svelte$|\/svelte\/src\/internal\/client\/dom\/hydration\.js$/ },
    handler: (source, id) => ({
      code: id.endsWith('.svelte') ? withoutSteps(source) : withoutHydration(source),
      map: null,
    }),
  },
});
