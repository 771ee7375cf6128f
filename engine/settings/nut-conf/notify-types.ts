/** Notices of upsmon: the first word of NOTIFYMSG and NOTIFYFLAG, and NOTIFYTYPE in the environment of NOTIFYCMD. */
export const NOTIFY_TYPES = [
  'ONLINE',
  'ONBATT',
  'LOWBATT',
  'FSD',
  'COMMOK',
  'COMMBAD',
  'SHUTDOWN',
  'SHUTDOWN_HOSTSYNC',
  'REPLBATT',
  'NOCOMM',
  'NOPARENT',
  'CAL',
  'NOTCAL',
  'OFF',
  'NOTOFF',
  'BYPASS',
  'NOTBYPASS',
  'ECO',
  'NOTECO',
  'ALARM',
  'NOTALARM',
  'OVER',
  'NOTOVER',
  'TRIM',
  'NOTTRIM',
  'BOOST',
  'NOTBOOST',
  'OTHER',
  'NOTOTHER',
  'SUSPEND_STARTING',
  'SUSPEND_FINISHED',
  'SUSPEND_TIMEJUMP_UNEXPECTED',
] as const;

export type NotifyType = (typeof NOTIFY_TYPES)[number];

export const NOTIFY_FLAGS = ['SYSLOG', 'WALL', 'EXEC', 'IGNORE'] as const;

export type NotifyFlag = (typeof NOTIFY_FLAGS)[number];
