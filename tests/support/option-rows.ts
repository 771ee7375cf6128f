/** What the table of the options of the form says of each, and what several of its rows share. */
import { expect } from 'vitest';
import type { SettingChange } from '#engine/settings/change-settings.ts';
import type { Meaning } from '#engine/settings/test-support.ts';

export interface Row {
  readonly default: string;
  /** Text given, and what `config get` says then. */
  readonly taken: readonly (string | readonly [given: string, kept: string])[];
  /** Text given, and the sentence about it. */
  readonly refused: readonly (readonly [given: string, said: RegExp])[];
  /** Set together with it. */
  readonly with?: readonly SettingChange[];
  readonly as?: 'secondary';
  /** A value, and what is to be found of it in NUT's model or files; absent: NUT has nothing of the kind. */
  readonly means?: readonly (readonly [given: string, (meaning: Meaning) => unknown, expected: unknown])[];
}

export const LONG = 'x'.repeat(121);
export const upsOf = ({ conf }: Meaning): unknown => conf.ups[0];
export const monitorOf = ({ conf }: Meaning) => conf.upsmon?.monitors[0];
export const shutdownCmdOf = ({ conf }: Meaning) => conf.upsmon?.shutdownCmd;
export const fileOf =
  (name: string) =>
  ({ files }: Meaning): string =>
    files[name] ?? '';
export const containing = (text: string): unknown => expect.stringContaining(text);
export const lacking = (text: string): unknown => expect.not.stringContaining(text);

export const YES_NO: Pick<Row, 'taken' | 'refused'> = {
  taken: [['yes', 'true'], ['on', 'true'], ['1', 'true'], 'true', ['no', 'false'], 'false'],
  refused: [['perhaps', /Write true or false/]],
};
