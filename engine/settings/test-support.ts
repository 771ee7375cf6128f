/** Settings of one UPS to change, and what is made of them. */
import { describeError } from '#domain/errors.ts';
import { changeSettings, type SettingChange } from './change-settings.ts';
import { checkSettings, describeFieldProblem } from './check-settings.ts';
import type { NutConf } from './nut-conf/nut-conf.ts';
import { writeNutFiles } from './nut-files.ts';
import { keysOfSettings, settingText } from './setting-keys.ts';
import { toNutConf } from './settings-to-nut.ts';
import { stored, type StoredSettings } from './stored-settings.ts';

const PRIMARY: readonly SettingChange[] = [
  ['ups.0.identifier', 'ups'],
  ['ups.0.driver', 'usbhid-ups'],
  ['ups.0.port', 'auto'],
  ['server.monpwd', 'own-pw'],
];
const SECONDARY: readonly SettingChange[] = [
  ['ups.0.identifier', 'ups'],
  ['ups.0.mode', 'SLAVE'],
  ['ups.0.remotehost', 'nas'],
  ['ups.0.monpwd', 'other-pw'],
];

/** This computer has the cable. */
export const primary = changeSettings(stored({}, ''), PRIMARY);
/** Another computer has it. */
export const secondary = changeSettings(stored({}, ''), SECONDARY);

export interface Meaning {
  readonly conf: NutConf;
  readonly files: Readonly<Record<string, string>>;
}
export function meaningOf({ settings }: StoredSettings): Meaning {
  const { conf } = toNutConf(settings);
  return { conf, files: Object.fromEntries(writeNutFiles(conf, settings).map(({ name, text }) => [name, text])) };
}

/** What `config get` says. @throws Error for a key there is not */
export const textOf = ({ settings }: StoredSettings, key: string): string => {
  const setting = keysOfSettings(settings).get(key);
  if (!setting) throw new Error(`no key ${key}`);
  return settingText(settings, setting);
};

/** What is said of a value, by the schema or by what it would mean to NUT. */
export function saidOf(base: StoredSettings, changes: readonly SettingChange[]): string {
  let changed: StoredSettings;
  try {
    changed = changeSettings(base, changes);
  } catch (error) {
    return describeError(error);
  }
  return checkSettings(changed.settings)
    .filter(({ severity }) => severity === 'error')
    .map(describeFieldProblem)
    .join('\n');
}
