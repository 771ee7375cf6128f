/**
 * Powercom's packed delays. Minutes and seconds lie in one byte each; a flag says whether the unit restarts when the line
 * is back. Two orders of the bytes are in use, and some models take an index of a table instead.
 * Source: nut-facts pcmShutdown, pcmStartup, pcmStayOff; NUT 2.8.3 made the new order the default.
 */
import type { ConversionContext, Converter, Written } from './conversion.ts';
import { parseNumber } from './number-text.ts';

/** Seconds by index, from 1. */
const DISCRETE_SECONDS = [12, 18, 24, 30, 36, 42, 48, 54, 60, 120, 180, 240, 300, 360, 420, 480, 540];
const RESTART = 0x40;
const STAY_OFF = 0x80;

const isOn = (context: ConversionContext, option: string): boolean => {
  const value = context.options[option];
  return value === true || (value !== undefined && /^(1|yes|true|on)$/i.test(value));
};
const usesOldOrder = (context: ConversionContext): boolean => isOn(context, 'powercom_sdcmd_byte_order_fallback');
const usesDiscreteDelay = (context: ConversionContext): boolean => isOn(context, 'powercom_sdcmd_discrete_delay');

/** The delay asked for, else the option, else the variable, else a default of the unit. */
function delaySeconds(
  text: string,
  context: ConversionContext,
  option: string,
  variable: string,
  standard: number,
): number | undefined {
  const asked = text === '' ? context.options[option] : text;
  if (typeof asked === 'string') {
    const seconds = parseNumber(asked);
    return seconds === undefined || seconds < 0 ? undefined : Math.trunc(seconds);
  }
  return context.number(variable) ?? standard;
}

function pack(text: string, context: ConversionContext, flag: number): Written | undefined {
  const asked = delaySeconds(text, context, 'offdelay', 'ups.delay.shutdown', 60);
  // The unit takes 0 for the longest delay.
  const seconds = asked === undefined ? undefined : Math.max(1, asked);
  if (seconds === undefined || seconds > 255 * 60) return undefined;
  if (flag === RESTART && usesDiscreteDelay(context)) {
    const index = DISCRETE_SECONDS.findIndex((step) => step >= seconds);
    return { logical: index < 0 ? DISCRETE_SECONDS.length + 1 : index + 1 };
  }
  const minutes = Math.floor(seconds / 60);
  const rest = seconds % 60;
  // Seconds stay below 64, so the flag has its bits of the byte of the seconds for itself.
  const low = usesOldOrder(context) ? minutes : rest | flag;
  const high = usesOldOrder(context) ? rest | flag : minutes;
  return { logical: (high << 8) | low };
}

function unpackShutdown(word: number, context: ConversionContext): number {
  const high = (word >> 8) & 0xff;
  const low = word & 0xff;
  return usesOldOrder(context) ? 60 * low + high : 60 * high + low;
}

export const shutdown: Converter = {
  meaning: 'delay before the load goes off and comes back with the line, minutes and seconds in a byte each',
  read: ({ logical }, context) => String(unpackShutdown(logical, context)),
  write: (text, context) => pack(text, context, RESTART),
};

export const stayOff: Converter = {
  meaning: 'delay before the load goes off for good, minutes and seconds in a byte each',
  write: (text, context) => pack(text, context, STAY_OFF),
};

const swap = (word: number): number => ((word & 0xff) << 8) | ((word >> 8) & 0xff);

export const startup: Converter = {
  meaning: 'delay before the load comes on, whole minutes with the bytes swapped',
  read: ({ logical }) => String(60 * swap(logical)),
  write(text, context) {
    const seconds = delaySeconds(text, context, 'ondelay', 'ups.delay.start', 120);
    if (seconds === undefined) return undefined;
    const minutes = Math.ceil(seconds / 60);
    if (minutes > 0xffff) return undefined;
    return { logical: usesDiscreteDelay(context) ? minutes : swap(minutes) };
  },
};

/** Feature report that shows the unit's internal Megatec text, " 13.7 2" and the like. */
const VOLTAGE_REPORT = 0xa4;

export const batteryVoltage: Converter = {
  meaning: 'battery voltage out of the ASCII text of feature report 0xa4',
  read(_reading, context, reportId) {
    const report = context.report(reportId === 0 ? VOLTAGE_REPORT : reportId);
    if (!report) return undefined;
    const text = String.fromCharCode(...report.subarray(1));
    const number = /\d[\d.]*/.exec(text)?.[0];
    // The text scrolls by: without a point it was caught in the middle, and the last good one stands.
    if (number !== undefined && /^\d+\.\d+$/.test(number)) context.memory.powercomBatteryVoltage = number;
    return context.memory.powercomBatteryVoltage;
  },
};
