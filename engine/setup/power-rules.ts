/**
 * Rules of the system itself that put a computer down when the battery of its UPS runs out, and which of them may come
 * before what is planned here. Pure: what the systems' own programs and files say in, a list of what to tell out.
 */
import { phrase, type MessageKey, type Phrase, type Text } from '#domain/messages/message.ts';
import type { BatteryFigures } from '#engine/monitor/battery-figures.ts';
import type { Neighbour } from './neighbours.ts';

/** Where a UPS calls its battery low; the plan waits until then at the latest. */
export type LowBattery = Pick<BatteryFigures, 'lowCharge' | 'lowRuntime'>;

type Action = 'shutdown' | 'hibernate' | 'sleep' | 'hybrid-sleep';
/** A charge in %, or a time in s: that is left, or that the computer has been on battery. */
type Moment = { readonly charge: number } | { readonly runtime: number } | { readonly onBattery: number };
type Fix = Extract<MessageKey, `neighbour.${'upower' | 'kde' | 'windows' | 'macos'}.fix`>;

export interface PowerRule {
  readonly id: string;
  readonly title: Text;
  readonly action: Action;
  readonly at: Moment;
  readonly fix: Fix;
  readonly command?: string;
}

/** Where a UPS does not say when its battery is low: what acts later than this is later than any sensible plan. */
const LATE_PERCENT = 5;
const LATE_SECONDS = 120;

/** The rules that may come before the plan, as what gets in its way. */
export const rulesInTheWay = (rules: readonly PowerRule[], low: LowBattery): readonly Neighbour[] =>
  rules
    .filter(({ at }) => isEarly(at, low))
    .map(({ id, title, action, at, fix, command }) => ({
      id,
      title,
      effect: effectOf(phrase(`neighbour.does.${action}`, {}), at, low),
      remedy: phrase(fix, {}),
      ...(command === undefined ? {} : { command }),
    }));

/** At the same moment either may be the first. */
function isEarly(at: Moment, { lowCharge, lowRuntime }: LowBattery): boolean {
  if ('charge' in at) return lowCharge === undefined ? at.charge > LATE_PERCENT : at.charge >= lowCharge;
  if ('runtime' in at) return lowRuntime === undefined ? at.runtime > LATE_SECONDS : at.runtime >= lowRuntime;
  return true;
}

function effectOf(does: Phrase, at: Moment, { lowCharge }: LowBattery): Phrase {
  const early = phrase('neighbour.rule.early', {});
  if ('runtime' in at) return phrase('neighbour.rule.runtime', { does, minutes: minutes(at.runtime), plan: early });
  if ('onBattery' in at) return phrase('neighbour.rule.time', { does, minutes: minutes(at.onBattery), plan: early });
  const plan = lowCharge === undefined ? early : phrase('neighbour.rule.late', { percent: lowCharge });
  return phrase('neighbour.rule.charge', { does, percent: at.charge, plan });
}

const minutes = (seconds: number): number => Math.round(seconds / 6) / 10;

interface ConfigFile {
  readonly path: string;
  readonly text: string;
}

const UPOWER_ACTIONS: Readonly<Record<string, Action | undefined>> = {
  PowerOff: 'shutdown',
  Hibernate: 'hibernate',
  HybridSleep: 'hybrid-sleep',
  Suspend: 'sleep',
};

/**
 * UPower acts on the battery of a UPS as on that of a laptop. What its files leave out, and limits that do not fall from
 * low over critical to action, are as UPower has it. Source: the comments in its UPower.conf.
 * @param files UPower.conf and what adds to it, in the order in which they are read
 */
export function upowerRules(files: readonly ConfigFile[]): readonly PowerRule[] {
  const settings = new Map(
    files.flatMap(({ path, text }) => [...keysOf(text, 'UPower')].map(([key, value]) => [key, { path, value }])),
  );
  const said = (key: string): string | undefined => settings.get(key)?.value;
  const isByTime = said('UsePercentageForPolicy') === 'false';
  const kind = isByTime ? 'Time' : 'Percentage';
  const [low, critical, last] = isByTime ? [1200, 300, 120] : [20, 5, 2];
  const limits = [said(`${kind}Low`) ?? low, said(`${kind}Critical`) ?? critical, said(`${kind}Action`) ?? last];
  const [first = NaN, second = NaN, wanted = NaN] = limits.map(Number);
  const limit = first > second && second > wanted ? wanted : last;
  const chosen = said('CriticalPowerAction') ?? 'HybridSleep';
  const isSafe = said('AllowRiskyCriticalPowerAction') === 'false';
  const isRefused = isSafe && (chosen === 'Ignore' || chosen === 'Suspend');
  if (chosen === 'Ignore' && !isRefused) return [];
  const file = settings.get(`${kind}Action`)?.path;
  const late = isByTime ? LATE_SECONDS / 2 : 2;
  return [
    {
      id: 'upower',
      title: 'UPower',
      action: (isRefused ? undefined : UPOWER_ACTIONS[chosen]) ?? 'hybrid-sleep',
      at: isByTime ? { runtime: limit } : { charge: limit },
      fix: 'neighbour.upower.fix',
      ...(file === undefined
        ? {}
        : {
            command: `sudo sed -i 's/^ *${kind}Action *=.*/${kind}Action=${late}/' ${file} && sudo systemctl restart upower`,
          }),
    },
  ];
}

/** PowerDevil's own numbers of actions (PowerDevil::PowerButtonAction); 0 does nothing. */
const KDE_ACTIONS: Readonly<Record<string, Action | undefined>> = { 1: 'sleep', 2: 'hibernate', 8: 'shutdown' };

/** KDE's power management, of the person who is logged in. @param text powerdevilrc */
export function kdeRules(text: string): readonly PowerRule[] {
  const keys = keysOf(text, 'BatteryManagement');
  const action = KDE_ACTIONS[keys.get('BatteryCriticalAction') ?? '2'];
  const charge = Number(keys.get('BatteryCriticalLevel') ?? 5);
  if (action === undefined || !(charge > 0)) return [];
  return [{ id: 'kde', title: phrase('neighbour.kde', {}), action, at: { charge }, fix: 'neighbour.kde.fix' }];
}

/** Values of powercfg's settings of actions. Source: Microsoft's reference of battery settings. */
const WINDOWS_ACTIONS: readonly (Action | undefined)[] = [undefined, 'sleep', 'hibernate', 'shutdown'];
/** Each action with its level, by the GUIDs that powercfg prints in every language, and with what puts it out of the way. */
const WINDOWS_SETTINGS = [
  {
    id: 'windows-low',
    action: 'd8742dcb-3e6a-4b3b-b3fe-374623cdcf06',
    level: '8183ba9a-e910-48da-8769-14ae6dc1170a',
    late: 'BATACTIONLOW 0',
  },
  {
    id: 'windows-critical',
    action: '637ea02f-bbcb-4015-8e2c-a1c7b9c0b546',
    level: '9a66d8d7-4ff7-4ef9-b5a2-5a326ca2a469',
    late: 'BATLEVELCRIT 2',
  },
] as const;

/**
 * Windows takes a UPS on USB for a battery, and acts on it by its power plan.
 * @param text what `powercfg /qh SCHEME_CURRENT SUB_BATTERY` prints
 */
export function windowsRules(text: string): readonly PowerRule[] {
  // Of each setting the last number is what holds on battery.
  const values = new Map(
    text.split(/(?=\b[\da-f]{8}-[\da-f]{4}-)/i).map((part) => {
      const value = [...part.matchAll(/0x([\da-f]{8})\b/gi)].at(-1)?.[1];
      return [part.slice(0, 36).toLowerCase(), value === undefined ? undefined : Number.parseInt(value, 16)];
    }),
  );
  return WINDOWS_SETTINGS.flatMap(({ id, action: actionId, level, late }): readonly PowerRule[] => {
    const action = WINDOWS_ACTIONS[values.get(actionId) ?? 0];
    const charge = values.get(level);
    if (action === undefined || charge === undefined) return [];
    const set = `powercfg /setdcvalueindex SCHEME_CURRENT SUB_BATTERY ${late}`;
    return [
      {
        id,
        title: phrase('neighbour.windows', {}),
        action,
        at: { charge },
        fix: 'neighbour.windows.fix',
        command: `cmd /c "${set} && powercfg /setactive SCHEME_CURRENT"`,
      },
    ];
  });
}

/** Whether Windows has a UPS on USB among its batteries. @param text what `reg query …\HidBatt\Enum /v Count` prints */
export const hasHidBattery = (text: string): boolean => /\bREG_DWORD\s+0x0*[1-9a-f]/i.test(text);

/** Source: `man pmset`, section UPS: in percent, in minutes on battery, in minutes left. */
const MAC_MOMENTS: Readonly<Record<string, (value: number) => Moment>> = {
  haltlevel: (charge) => ({ charge }),
  haltafter: (time) => ({ onBattery: time * 60 }),
  haltremain: (time) => ({ runtime: time * 60 }),
};

/** macOS shuts down by up to three limits of its own. @param text what `pmset -g ups` prints; nothing without a UPS */
export const macRules = (text: string): readonly PowerRule[] =>
  [...text.matchAll(/^\s*(halt\w+)\s+on\s+(\d+)\s*$/gm)].flatMap(([, name = '', value]): readonly PowerRule[] => {
    const at = MAC_MOMENTS[name]?.(Number(value));
    if (!at) return [];
    return [
      {
        id: `macos-${name}`,
        title: phrase('neighbour.macos', {}),
        action: 'shutdown',
        at,
        fix: 'neighbour.macos.fix',
        command: `sudo pmset -u ${name} 0`,
      },
    ];
  });

/** Keys of one group of an INI file; the last of a name counts. */
function keysOf(text: string, wanted: string): ReadonlyMap<string, string> {
  const keys = new Map<string, string>();
  let group: string | undefined;
  for (const line of text.split('\n')) {
    const [, name, key, value = ''] = /^\s*(?:\[(.+)\]|([^#;=\s][^=]*?)\s*=\s*(.*?))\s*$/.exec(line) ?? [];
    if (name !== undefined) group = name;
    else if (key !== undefined && group === wanted) keys.set(key, value);
  }
  return keys;
}
