/** Numbers and flags out of a UPS's variables. What is not there or not a number is undefined, never a default. */
import type { UpsState } from './ups-state.ts';

type Variables = Pick<UpsState, 'variables'>;

export function numberOf(state: Variables, name: string): number | undefined {
  const text = state.variables.get(name)?.value.trim();
  if (text === undefined || text === '') return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

/** Tokens of ups.status in capitals. */
export function statusTokens(state: Variables): ReadonlySet<string> {
  const text = state.variables.get('ups.status')?.value ?? '';
  return new Set(
    text
      .toUpperCase()
      .split(/\s+/)
      .filter((token) => token !== ''),
  );
}
