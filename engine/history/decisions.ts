/** Decisions of the shutdown monitor as the history keeps them: texts beside what the UPS itself says. Pure. */
import { z } from 'zod';
import { MonitorView } from '#domain/schema/monitor.ts';

/** No variable of NUT is called that. */
export const DECISION_VARIABLE = 'ridethrough.decision';

const Decision = MonitorView.shape.decisions.element;
export type Decision = z.output<typeof Decision>;

/** With its moment, so that the same words said again are another decision. */
export const writeDecision = (decision: Decision): string => JSON.stringify(decision);

/** @returns undefined for what another version wrote */
export function readDecision(text: string): Decision | undefined {
  try {
    return Decision.parse(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError) return undefined;
    throw error;
  }
}
