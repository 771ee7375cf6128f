/** The notices of upsmon: which ones follow from what is known of a UPS, their texts and flags. Pure. */
import type { NotifyFlag, NotifyType } from '#engine/settings/nut-conf/notify-types.ts';
import type { MonitorNow, SupplyState } from './monitor-state.ts';
import type { MonitorPolicy, NoticePolicy, SupplyPolicy } from './policy.ts';

export interface Notice {
  readonly type: NotifyType;
  /** As notices name it; empty where the notice concerns no UPS. */
  readonly ups: string;
  readonly message: string;
  readonly flags: readonly NotifyFlag[];
}

/** Texts of upsmon; those it has had since 2.8.0 are word for word. */
const MESSAGES: Readonly<Record<NotifyType, string>> = {
  ONLINE: 'UPS %s on line power',
  ONBATT: 'UPS %s on battery',
  LOWBATT: 'UPS %s battery is low',
  FSD: 'UPS %s: forced shutdown in progress',
  COMMOK: 'Communications with UPS %s established',
  COMMBAD: 'Communications with UPS %s lost',
  SHUTDOWN: 'Auto logout and shutdown proceeding',
  SHUTDOWN_HOSTSYNC: 'UPS %s: waiting for secondaries to log out',
  REPLBATT: 'UPS %s battery needs to be replaced',
  NOCOMM: 'UPS %s is unavailable',
  NOPARENT: 'upsmon parent process died - shutdown impossible',
  CAL: 'UPS %s: calibration in progress',
  NOTCAL: 'UPS %s: calibration finished',
  OFF: 'UPS %s: output is switched off',
  NOTOFF: 'UPS %s: output is switched on again',
  BYPASS: 'UPS %s: on bypass (powered, not protected)',
  NOTBYPASS: 'UPS %s: no longer on bypass',
  ECO: 'UPS %s: in economy mode',
  NOTECO: 'UPS %s: no longer in economy mode',
  ALARM: 'UPS %s: alarm: [%s]',
  NOTALARM: 'UPS %s: no more alarms',
  OVER: 'UPS %s: overloaded',
  NOTOVER: 'UPS %s: no longer overloaded',
  TRIM: 'UPS %s: trimming incoming voltage',
  NOTTRIM: 'UPS %s: no longer trimming incoming voltage',
  BOOST: 'UPS %s: boosting incoming voltage',
  NOTBOOST: 'UPS %s: no longer boosting incoming voltage',
  OTHER: 'UPS %s: other status words: [%s]',
  NOTOTHER: 'UPS %s: no other status words any more',
  SUSPEND_STARTING: 'This computer goes to sleep',
  SUSPEND_FINISHED: 'This computer woke up',
  SUSPEND_TIMEJUMP_UNEXPECTED: 'This computer slept, or its clock jumped',
};

/** Words that are told when they appear, and which notice tells that they are gone. */
const WORDS: readonly (readonly [word: string, gone: NotifyType | undefined])[] = [
  ['LB', undefined],
  ['FSD', undefined],
  ['CAL', 'NOTCAL'],
  ['OFF', 'NOTOFF'],
  ['BYPASS', 'NOTBYPASS'],
  ['ECO', 'NOTECO'],
  ['OVER', 'NOTOVER'],
  ['TRIM', 'NOTTRIM'],
  ['BOOST', 'NOTBOOST'],
];
const APPEARED = { LB: 'LOWBATT' } as const;
/** Words with a meaning that no notice of upsmon tells, or that another rule here tells. */
const KNOWN = new Set(['OL', 'OB', 'RB', 'HB', 'CHRG', 'DISCHRG', 'ALARM', ...WORDS.map(([word]) => word)]);

const FLAGS_BY_DEFAULT: readonly NotifyFlag[] = ['SYSLOG', 'WALL'];

/** @param more what stands for a second `%s` */
export function noticeOf(policy: NoticePolicy, type: NotifyType, ups: string, more = ''): Notice {
  const fills = [ups, more];
  const text = policy.notifyMsg[type] ?? MESSAGES[type];
  return {
    type,
    ups,
    message: text.replace(/%s/g, () => fills.shift() ?? ''),
    flags: policy.notifyFlag[type] ?? FLAGS_BY_DEFAULT,
  };
}

/** What is to be told of a UPS now, and the UPS with that remembered. */
export function tell(
  supply: SupplyState,
  { ups }: SupplyPolicy,
  policy: MonitorPolicy,
  now: MonitorNow,
): { readonly supply: SupplyState; readonly notices: readonly Notice[] } {
  const notices: Notice[] = [];
  const add = (type: NotifyType, more?: string): void => void notices.push(noticeOf(policy.notices, type, ups, more));
  const told = { ...supply.told };
  const { facts } = supply;

  if (supply.contact === 'lost') {
    // One that never answered has been silent for ever.
    const silentSince = told.noContactAt ?? supply.heardAt ?? -Infinity;
    if (!told.isContactLost) {
      add('COMMBAD');
      told.isContactLost = true;
    } else if (now.at - silentSince >= policy.noCommWarnTime * 1000) {
      add('NOCOMM');
      told.noContactAt = now.at;
    }
  }
  if (supply.contact === 'heard') {
    if (told.isContactLost) add('COMMOK');
    told.isContactLost = false;
    delete told.noContactAt;
    // That all is well needs no word after the start; that it is not does.
    if (supply.line === 'OB' && told.line !== 'OB') add('ONBATT');
    if (supply.line === 'OL' && told.line === 'OB') add('ONLINE');
    told.line = supply.line;
    const words: string[] = [];
    for (const [word, gone] of WORDS) {
      const isThere = facts.status.includes(word);
      const wasThere = told.words.includes(word);
      if (isThere) words.push(word);
      if (isThere && !wasThere) add(word === 'LB' ? APPEARED[word] : (word as NotifyType));
      if (!isThere && wasThere && gone !== undefined) add(gone);
    }
    told.words = words;
    if (!facts.status.includes('RB')) delete told.replaceBatteryAt;
    else if (told.replaceBatteryAt === undefined || now.at - told.replaceBatteryAt >= policy.rbWarnTime * 1000) {
      add('REPLBATT');
      told.replaceBatteryAt = now.at;
    }
    const alarm = facts.status.includes('ALARM') ? (facts.alarm ?? 'n/a') : undefined;
    if (alarm !== undefined && alarm !== told.alarm) add('ALARM', alarm);
    if (alarm === undefined && told.alarm !== undefined) add('NOTALARM');
    if (alarm === undefined) delete told.alarm;
    else told.alarm = alarm;
    const others = facts.status.filter((word) => !KNOWN.has(word)).join(' ');
    if (others !== told.others) add(others === '' ? 'NOTOTHER' : 'OTHER', others);
    told.others = others;
  }
  return { supply: { ...supply, told }, notices };
}
