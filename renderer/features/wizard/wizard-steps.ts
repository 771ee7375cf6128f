/** The steps of the wizard and their order. Pure. */
export const STEPS = ['unit', 'neighbours', 'import', 'name', 'power', 'network', 'mail', 'rehearsal', 'done'] as const;
export type Step = (typeof STEPS)[number];

/** Nothing is asked that there is nothing to say about. */
export const stepsFor = (found: { readonly hasNeighbours: boolean; readonly hasImports: boolean }): readonly Step[] =>
  STEPS.filter((step) => (step !== 'neighbours' || found.hasNeighbours) && (step !== 'import' || found.hasImports));

/** The step after or before another one; the same one at the ends. */
export function neighbourOf(step: Step, by: 1 | -1, steps: readonly Step[]): Step {
  return steps[steps.indexOf(step) + by] ?? step;
}
