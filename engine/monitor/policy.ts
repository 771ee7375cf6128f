/**
 * What the shutdown monitor is to do: plain data, whether it was written in upsmon.conf or in a form. Names are those of
 * upsmon's directives where there is one; all times are seconds.
 */
import type { SHUTDOWN_ACTIONS } from '#domain/schema/settings/ups-settings.ts';
import type { Seconds } from '#domain/units.ts';
import type { ClientIdentity } from '#engine/nut/client.ts';
import type { NotifyFlag, NotifyType } from '#engine/settings/nut-conf/notify-types.ts';
import type { UpsschedConf } from '#engine/settings/nut-conf/nut-conf.ts';

export interface MonitorPolicy {
  /** Empty: nothing is watched and nothing is ever done. */
  readonly supplies: readonly SupplyPolicy[];
  /** Sum of power values that this computer needs to keep running; 0: it is never shut down. */
  readonly minSupplies: number;
  readonly pollFreq: Seconds;
  /** While something is wrong. */
  readonly pollFreqAlert: Seconds;
  /** How long a primary waits for its secondaries, and a secondary for its primary. */
  readonly hostSync: Seconds;
  /** A UPS last seen on battery and silent for longer counts as low. */
  readonly deadTime: Seconds;
  /** Between the notice SHUTDOWN and the action. */
  readonly finalDelay: Seconds;
  /** How often REPLBATT is told again. */
  readonly rbWarnTime: Seconds;
  /** After how much silence NOCOMM is told, and told again. */
  readonly noCommWarnTime: Seconds;
  /** OFF for longer is critical; 0: at once; negative: never. */
  readonly offDuration: Seconds;
  /** OB and LB have to last so long. */
  readonly oblbDuration: Seconds;
  /** OVER for so long before contact is lost is critical; negative: never. */
  readonly overDuration: Seconds;
  /** Contact that is lost during ALARM is critical. */
  readonly alarmCritical: boolean;
  /** Every n-th failed poll is logged; 0: changes only; -1: all. */
  readonly pollFailLogThrottleMax: number;
  readonly action: ShutdownAction;
  readonly around: AroundAction;
  /** When sessions on NUT servers end after the action: so the primary knows that this computer is gone. */
  readonly logOut: 'at-once' | 'never' | Seconds;
  readonly powerOff: PowerOffPolicy;
  /** File that is written before the action, for the system's own late power-off step; upsmon's POWERDOWNFLAG. */
  readonly powerDownFlag?: string;
  readonly notices: NoticePolicy;
}

/** One UPS that is watched. */
export interface SupplyPolicy {
  /** As notices name it: what stands in the MONITOR line, `ups@host:port`. Unique without case. */
  readonly ups: string;
  /** Name of the UPS on its server. */
  readonly name: string;
  /** `local`: this program's own driver reads it, and nothing goes over the network. */
  readonly source: { readonly kind: 'local' } | RemoteSource;
  /** A primary declares FSD and waits for the others; a secondary follows. */
  readonly role: 'primary' | 'secondary';
  /** Power supplies of this computer that hang on it; 0: only watched. */
  readonly powerValue: number;
  readonly rules: ShutdownRules;
  /** Which are told first to switch off: those of the lowest order. Negative: it is left on. Absent: 0. */
  readonly powerOffOrder?: number;
}

/** A UPS on somebody else's NUT server. */
export interface RemoteSource {
  readonly kind: 'remote';
  /** IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly tls: 'off' | 'try' | 'require';
  /** Check the server's certificate against `ca` (PEM) or the system's authorities. */
  readonly verify: boolean;
  readonly ca?: string;
  readonly pinnedFingerprint?: string;
  /** The name that the server's certificate has to be for, where that is not `host`. */
  readonly certificateName?: string;
  /** What this computer shows a server that asks for a certificate. */
  readonly identity?: ClientIdentity;
}

/** When this computer goes down, beside what always holds: OB with LB, FSD. Whichever comes first. */
export interface ShutdownRules {
  /** `on-battery`: after `timer` on battery. `low-battery`: no timer. */
  readonly mode: 'on-battery' | 'low-battery';
  readonly timer: Seconds;
  /** Percent: at or below, while on battery. */
  readonly chargeBelow?: number;
  /** At or below, while on battery. */
  readonly runtimeBelow?: Seconds;
  /** After so long on battery, whatever the mode. */
  readonly timeOnBattery?: Seconds;
  /** The rules above look at no outage that has not lasted so long. OB with LB is not held back by it. */
  readonly ignoreShorterThan: Seconds;
  /** The rules above rest during a self test or calibration, and time spent in one does not count. */
  readonly holdDuringTest: boolean;
}

/** Lines for the shell that are run before and after the action. Neither keeps it from being carried out. */
export interface AroundAction {
  readonly before?: string;
  readonly after?: string;
  /** After which each is ended with all it began. */
  readonly timeout: Seconds;
}

/** After these the computer goes on where it was. */
export const SLEEPING_ACTIONS = ['hibernate', 'sleep', 'hybrid-sleep'] as const satisfies readonly ActionKind[];

export type ActionKind = (typeof SHUTDOWN_ACTIONS)[number];

export type ShutdownAction =
  | { readonly kind: Exclude<ActionKind, 'command'> }
  /** A line for the shell; upsmon's SHUTDOWNCMD. */
  | { readonly kind: 'command'; readonly command: string; readonly timeout: Seconds };

/** Whether the UPS is told to cut the power once this computer is down, and to come back with the mains. */
export interface PowerOffPolicy {
  readonly isWanted: boolean;
  /** Seconds from the action to the cut; `measured`: from this computer's own shutdowns, with a margin. */
  readonly delay: 'measured' | Seconds;
}

export interface NoticePolicy {
  /** Program and arguments; `upssched` is not run but done by this program itself when `upssched` is given. */
  readonly notifyCmd?: readonly string[];
  /** Texts that differ from upsmon's own. `%s` stands for the UPS. */
  readonly notifyMsg: Readonly<Partial<Record<NotifyType, string>>>;
  /** Flags that differ from upsmon's own. */
  readonly notifyFlag: Readonly<Partial<Record<NotifyType, readonly NotifyFlag[]>>>;
  readonly upssched?: UpsschedConf;
}

/** What upsmon does where upsmon.conf says nothing, as far as it is no matter of one supply. */
export const POLICY_DEFAULTS = {
  minSupplies: 1,
  pollFreq: 5 as Seconds,
  pollFreqAlert: 5 as Seconds,
  hostSync: 15 as Seconds,
  deadTime: 15 as Seconds,
  finalDelay: 5 as Seconds,
  rbWarnTime: 43_200 as Seconds,
  noCommWarnTime: 300 as Seconds,
  offDuration: 30 as Seconds,
  oblbDuration: 0 as Seconds,
  overDuration: -1 as Seconds,
  alarmCritical: true,
  // upsmon logs each failed poll unless it is told otherwise; one line says as much.
  pollFailLogThrottleMax: 0,
  around: { timeout: 30 as Seconds },
  logOut: 'at-once',
  powerOff: { isWanted: false, delay: 'measured' },
  notices: { notifyMsg: {}, notifyFlag: {} },
} as const satisfies Partial<MonitorPolicy>;

/** Nothing is watched, nothing is done. */
export const NO_POLICY: MonitorPolicy = { ...POLICY_DEFAULTS, supplies: [], action: { kind: 'nothing' } };

/** No rule beside OB with LB, and FSD: what a MONITOR line asks for. */
export const NO_RULES: ShutdownRules = {
  mode: 'low-battery',
  timer: 0 as Seconds,
  ignoreShorterThan: 0 as Seconds,
  holdDuringTest: true,
};
