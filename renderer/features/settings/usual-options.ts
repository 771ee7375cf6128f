/** The options that people write most, each with an input of its own above the lines that it stands in. Pure. */
import type { RequestResult } from '#domain/contract.ts';
import type { MessageKey } from '#domain/messages/message.ts';
import type { LineOption } from './option-lines.ts';

type Known = RequestResult<'drivers.options'>['options'][number];
type UsualName = MessageKey extends infer Key ? (Key extends `form.option.${infer Name}` ? Name : never) : never;

export interface UsualOption extends LineOption {
  readonly name: UsualName;
  readonly unit: string | undefined;
  /** What holds without it, where that is known. */
  readonly usually: string | undefined;
  /** Its only words, if it has such. */
  readonly choices: readonly string[];
  readonly isNumber: boolean;
}

/** In the order of the form. Which unit a port is pinned to is chosen at the port. */
const OF_UPS: readonly UsualName[] = [
  'pollinterval',
  'pollfreq',
  'pollonly',
  'ignorelb',
  'override.battery.charge.low',
  'override.battery.runtime.low',
  'lowbatt',
  'offdelay',
  'ondelay',
  'sdorder',
  'onlinedischarge_calibration',
  'protocol',
  'runtimecal',
  'community',
  'snmp_version',
  'mibs',
];
const SECONDS = new Set<string>([
  'pollinterval',
  'pollfreq',
  'override.battery.runtime.low',
  'offdelay',
  'ondelay',
  'MAXAGE',
]);
const PERCENT = new Set<string>(['override.battery.charge.low', 'lowbatt']);

type Defaults = Readonly<Partial<Record<UsualName, string>>>;
const USUALLY: Defaults = {
  pollinterval: '2',
  pollfreq: '30',
  sdorder: '0',
  community: 'public',
  snmp_version: 'v1',
  mibs: 'auto',
  MAXAGE: '15',
};
/** Source: nut-facts drivers.json; units by USB with other delays of their own say so in the variables. */
const USUALLY_OF: Readonly<Record<string, Defaults>> = {
  'usbhid-ups': { lowbatt: '30', offdelay: '20', ondelay: '30' },
  'mge-shut': { lowbatt: '30', offdelay: '20', ondelay: '30' },
  nutdrv_qx: { offdelay: '30', ondelay: '180' },
  blazer_ser: { offdelay: '30', ondelay: '3' },
  blazer_usb: { offdelay: '30', ondelay: '3' },
  clone: { offdelay: '120', ondelay: '30' },
  tripplite: { offdelay: '64' },
  tripplite_usb: { offdelay: '64' },
  'nut-upower': { lowbatt: '20' },
  'dummy-ups': { pollinterval: '1' },
};

function unitOf(name: string, driver: string): string | undefined {
  if (name === 'ondelay' && driver.startsWith('blazer_')) return 'min';
  return SECONDS.has(name) ? 's' : PERCENT.has(name) ? '%' : undefined;
}

/** @param known what the driver takes; those of every variable (`override.…`) are not among them */
export function usualOptions(driver: string, known: readonly Known[]): readonly UsualOption[] {
  const name = driver === 'demo' ? 'usbhid-ups' : driver;
  return OF_UPS.flatMap((option): UsualOption[] => {
    const isOverride = option.startsWith('override.');
    const one = known.find((candidate) => candidate.name === option);
    if (known.length === 0 || (one === undefined && !isOverride)) return [];
    return [
      {
        name: option,
        isFlag: one?.kind === 'flag',
        separator: ' = ',
        unit: unitOf(option, name),
        usually: USUALLY_OF[name]?.[option] ?? USUALLY[option],
        choices: one?.choices ?? [],
        isNumber: isOverride || one?.kind === 'integer',
      },
    ];
  });
}

const directive = (name: UsualName, isNumber: boolean): UsualOption => ({
  name,
  isFlag: false,
  separator: ' ',
  unit: unitOf(name, ''),
  usually: USUALLY[name],
  choices: [],
  isNumber,
});

/** Of upsd.conf; where it listens is said by fields of their own. */
export const UPSD_OPTIONS: readonly UsualOption[] = [
  directive('MAXAGE', true),
  directive('MAXCONN', true),
  directive('CERTFILE', false),
];

/** By which a field is found, too. */
export const usualNames = (field: string): readonly string[] =>
  field === 'ups.options' ? OF_UPS : field === 'server.optionsupsd' ? UPSD_OPTIONS.map(({ name }) => name) : [];
