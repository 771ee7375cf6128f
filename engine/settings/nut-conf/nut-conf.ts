/** What NUT's configuration files say, read and checked. */
import type { Seconds } from '#domain/units.ts';
import type { UpsConfig } from '#engine/drivers/driver.ts';
import type { NotifyFlag, NotifyType } from './notify-types.ts';
import type { NutConfProblem } from './problem.ts';

/** Where a setting was written. */
export interface Origin {
  readonly file: string;
  readonly line: number;
}

export interface NutConf {
  /** Usable sections of ups.conf in their order; global options are already in the options of each. */
  readonly ups: readonly UpsConfig[];
  /** Lines of ups.conf before the first section. */
  readonly upsGlobal: UpsConfig['options'];
  readonly upsd: UpsdConf;
  readonly users: readonly UserConf[];
  /** Undefined: there is no upsmon.conf. */
  readonly upsmon: UpsmonConf | undefined;
  /** Undefined: there is no upssched.conf. */
  readonly upssched: UpsschedConf | undefined;
  readonly nut: NutFileConf;
  readonly problems: readonly NutConfProblem[];
}

export interface UpsdConf {
  /** Empty: the addresses of this computer itself, 127.0.0.1 and ::1. `*` stands for 0.0.0.0 and ::. */
  readonly listen: readonly ListenConf[];
  /** Silence of a driver after which its data are stale. */
  readonly maxAge: Seconds;
  /** How long results of commands are kept. */
  readonly trackingDelay: Seconds;
  readonly maxConn?: number;
  /** Start with no UPS at all. */
  readonly allowNoDevice: boolean;
  /** Start although some address could not be bound. */
  readonly allowNotAllListeners: boolean;
  /** Folder of the driver sockets, after ups.conf and the environment had their say. Undefined: built in. */
  readonly statePath?: string;
  /** PEM with certificate chain and key. */
  readonly certFile?: string;
  readonly certFileOrigin?: Origin;
  /** Of the authorities that sign client certificates. */
  readonly certPath?: string;
  readonly certPathOrigin?: Origin;
  readonly certIdent?: CertIdent;
  /** Whether clients are asked for a certificate. */
  readonly certRequest: CertRequest;
  /** TLS 1.2 or newer only. */
  readonly disableWeakSsl: boolean;
  readonly debugMin: number;
}

export type CertRequest = 'no' | 'request' | 'require';

export interface ListenConf {
  readonly address: string;
  readonly port: number;
  readonly origin?: Origin;
}

export interface CertIdent {
  readonly name: string;
  readonly password: string;
}

/** PRIMARY covers its older name MASTER. */
export const USER_ACTIONS = ['SET', 'FSD', 'LOGIN', 'PRIMARY'] as const;
export type UserAction = (typeof USER_ACTIONS)[number];

export interface UserConf {
  /** Compared exactly. */
  readonly name: string;
  /** Absent: can never log in. */
  readonly password?: string;
  /** Everything granted, that which `upsmon` stands for included. */
  readonly actions: ReadonlySet<UserAction>;
  /** Names in lower case. */
  readonly instcmds: ReadonlySet<string> | 'ALL';
  readonly upsmon?: 'primary' | 'secondary';
  readonly origin?: Origin;
}

/** What `upsmon primary` and `upsmon secondary` of upsd.users grant. */
export const ROLE_ACTIONS: Readonly<Record<'primary' | 'secondary', readonly UserAction[]>> = {
  primary: ['LOGIN', 'PRIMARY', 'FSD'],
  secondary: ['LOGIN'],
};

export interface MonitorConf {
  readonly ups: string;
  readonly host: string;
  readonly port: number;
  /** Supplies of this computer that hang on it; 0: only watched. */
  readonly powerValue: number;
  readonly user: string;
  readonly password: string;
  readonly role: 'primary' | 'secondary';
  /** With the UPS as the line names it: notices and upssched.conf name it so. */
  readonly origin?: Origin & { readonly system: string };
}

export interface CertHost {
  readonly host: string;
  readonly certName: string;
  readonly isVerified: boolean;
  readonly isForced: boolean;
}

export interface UpsmonConf {
  readonly monitors: readonly MonitorConf[];
  readonly minSupplies: number;
  /** For the shell. */
  readonly shutdownCmd?: string;
  /** What upsmon does after SHUTDOWNCMD: ends, stays, or ends after so many seconds. */
  readonly shutdownExit: 'yes' | 'no' | Seconds;
  /** Program and its arguments. */
  readonly notifyCmd?: readonly string[];
  readonly notifyMsg: Readonly<Partial<Record<NotifyType, string>>>;
  readonly notifyFlag: Readonly<Partial<Record<NotifyType, readonly NotifyFlag[]>>>;
  readonly pollFreq: Seconds;
  readonly pollFreqAlert: Seconds;
  /** Every n-th failed poll is logged; 0: changes only; -1: all. */
  readonly pollFailLogThrottleMax: number;
  readonly hostSync: Seconds;
  readonly deadTime: Seconds;
  readonly rbWarnTime: Seconds;
  readonly noCommWarnTime: Seconds;
  readonly finalDelay: Seconds;
  readonly powerDownFlag?: string;
  /** Negative: never critical. */
  readonly offDuration: Seconds;
  readonly oblbDuration: Seconds;
  /** Negative: never critical. */
  readonly overDuration: Seconds;
  readonly alarmCritical: boolean;
  readonly runAsUser?: string;
  readonly forceSsl: boolean;
  readonly certVerify: boolean;
  readonly certPath?: string;
  readonly certPathOrigin?: Origin;
  readonly certFile?: string;
  readonly certFileOrigin?: Origin;
  readonly certIdent?: CertIdent;
  readonly certHosts: readonly CertHost[];
  readonly debugMin: number;
}

export interface UpsschedConf {
  /** Program and arguments; the name of the timer or command follows as the last argument. */
  readonly cmdScript?: readonly string[];
  /** Carried out in this order, every one that matches. */
  readonly rules: readonly UpsschedRule[];
}

/** A line `AT type ups command`. */
export interface UpsschedRule {
  readonly type: NotifyType;
  /** As the MONITOR line writes it; `*`: any. */
  readonly ups: string;
  readonly command: UpsschedCommand;
}

export type UpsschedCommand =
  /** `isShared`: one timer of that name for all UPSes. */
  | { readonly kind: 'start-timer'; readonly name: string; readonly seconds: Seconds; readonly isShared: boolean }
  /** `otherwise` runs at once where no such timer was running. */
  | { readonly kind: 'cancel-timer'; readonly name: string; readonly otherwise?: string }
  | { readonly kind: 'execute'; readonly name: string };

export const NUT_MODES = ['none', 'standalone', 'netserver', 'netclient', 'controlled', 'manual'] as const;
type NutMode = (typeof NUT_MODES)[number];

/** nut.conf: what the service scripts are told. */
export interface NutFileConf {
  readonly mode: NutMode;
  /** Every other assignment as written. */
  readonly variables: Readonly<Record<string, string>>;
}

/** Drafts of the readers. */
export type Mutable<Type> = { -readonly [Key in keyof Type]: Type[Key] };
