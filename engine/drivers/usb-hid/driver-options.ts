/** The options of usbhid-ups that say how to talk to the device. Source: nut-facts drivers.json (usbhid-ups, global). */
import { DriverError } from '#domain/errors.ts';
import { phrase } from '#domain/messages/message.ts';
import type { DriverOptions, UpsConfig } from '#engine/drivers/driver.ts';
import type { PollDefaults } from '#engine/devices/binding.ts';
import type { OnlineDischargeOptions } from './online-discharge.ts';

export interface TalkOptions {
  readonly pollIntervalMs: number;
  /** Undefined: as the device definition says. */
  readonly pollFreqMs: number | undefined;
  readonly isPollOnly: boolean;
  readonly isInterruptOnly: boolean;
  /** Open it again after more than so many polls without an input report; undefined: never. */
  readonly silentPollsAllowed: number | undefined;
  /** So many bytes of an input report count, id byte included; undefined: all. */
  readonly inputBytes: number | undefined;
  readonly onlineDischarge: OnlineDischargeOptions;
  readonly waitBeforeReconnectMs: number;
  /** Undefined: for ever. */
  readonly reconnectMaxTries: number | undefined;
  /** Tell every n-th failed try again; undefined: only changes are told. */
  readonly reconnectReportEvery: number | undefined;
  /** Options that could not be read; their defaults hold. */
  readonly problems: readonly DriverError[];
}

const DEFAULT_POLL_INTERVAL_SECONDS = 2;
/** Faster than this no USB 1.1 device answers a pass, and none changes. */
const MIN_POLL_INTERVAL_SECONDS = 0.1;

/** A flag is given bare, or with a word that means yes. */
export const isFlagSet = (options: DriverOptions, name: string): boolean => {
  const value = options[name];
  return value === true || (typeof value === 'string' && /^(1|yes|true|on|enabled)$/i.test(value.trim()));
};

export function readTalkOptions({ name, options }: Pick<UpsConfig, 'name' | 'options'>): TalkOptions {
  const problems: DriverError[] = [];
  const number = (option: string, least: number): number | undefined => {
    const text = options[option];
    if (text === undefined) return undefined;
    const value = typeof text === 'string' && /^\s*-?\d+(\.\d+)?\s*$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least) return value;
    const reason = Number.isNaN(value)
      ? phrase('reason.not-a-number', { value: String(text) })
      : phrase('reason.too-small', { least });
    problems.push(new DriverError('driver/bad-option', { option, ups: name, reason }));
    return undefined;
  };
  const pollInterval = number('pollinterval', MIN_POLL_INTERVAL_SECONDS) ?? DEFAULT_POLL_INTERVAL_SECONDS;
  const pollFreq = number('pollfreq', MIN_POLL_INTERVAL_SECONDS);
  const tolerance = number('interrupt_pipe_no_events_tolerance', -1);
  const maxTries = number('reconnect_max_tries', -1);
  const reportEvery = number('reconnect_report_freq', -1);
  const inputBytes = number('interruptsize', 1);
  const repeat = number('onlinedischarge_log_throttle_sec', -Infinity);
  const silentAbove = number('onlinedischarge_log_throttle_hovercharge', 0);
  const isPollOnly = isFlagSet(options, 'pollonly');
  return {
    pollIntervalMs: pollInterval * 1000,
    pollFreqMs: pollFreq === undefined ? undefined : pollFreq * 1000,
    isPollOnly,
    isInterruptOnly: !isPollOnly && isFlagSet(options, 'interruptonly'),
    silentPollsAllowed: notNegative(tolerance),
    inputBytes: inputBytes === undefined ? undefined : Math.trunc(inputBytes),
    onlineDischarge: {
      isMeant: ['onlinedischarge_onbattery', 'onlinedischarge', 'onlinedischarge_calibration'].some((option) =>
        isFlagSet(options, option),
      ),
      repeatMs: repeat !== undefined && repeat >= 0 ? repeat * 1000 : undefined,
      silentFromCharge: silentAbove ?? 100,
    },
    waitBeforeReconnectMs: (number('waitbeforereconnect', 0) ?? 0) * 1000,
    reconnectMaxTries: notNegative(maxTries),
    reconnectReportEvery: reportEvery !== undefined && reportEvery > 0 ? reportEvery : undefined,
    problems,
  };
}

const notNegative = (value: number | undefined): number | undefined =>
  value !== undefined && value >= 0 ? value : undefined;

/** How one unit is talked to: what was asked for, over what its definition needs. */
export interface TalkPlan {
  readonly pollIntervalMs: number;
  readonly pollFreqMs: number;
  readonly usesInterrupts: boolean;
  /** Nothing is ever requested. */
  readonly isInterruptOnly: boolean;
  readonly silentPollsAllowed: number | undefined;
  readonly inputBytes: number | undefined;
  readonly onlineDischarge: OnlineDischargeOptions;
}

export function planTalk(options: TalkOptions, defaults: PollDefaults): TalkPlan {
  const isInterruptOnly = options.isInterruptOnly || (defaults.interruptOnly && !options.isPollOnly);
  return {
    pollIntervalMs: options.pollIntervalMs,
    pollFreqMs: options.pollFreqMs ?? defaults.pollFreqSeconds * 1000,
    usesInterrupts: isInterruptOnly || (!options.isPollOnly && defaults.usesInterrupts),
    isInterruptOnly,
    silentPollsAllowed: options.silentPollsAllowed,
    inputBytes: options.inputBytes,
    onlineDischarge: options.onlineDischarge,
  };
}
