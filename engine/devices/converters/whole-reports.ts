/** Conversions that take a whole feature report rather than a field of it: Ever's network card and status words. */
import type { ConversionContext, Converter } from './conversion.ts';

const bytesOf = (context: ConversionContext, reportId: number): Uint8Array | undefined =>
  context.report(reportId)?.subarray(1);

export const ipv4: Converter = {
  meaning: 'the bytes of a report as an IPv4 address',
  read(_reading, context, reportId) {
    const bytes = bytesOf(context, reportId);
    return bytes && bytes.length >= 4 ? Array.from(bytes.subarray(0, 4)).join('.') : undefined;
  },
};

export const mac: Converter = {
  meaning: 'the bytes of a report as a hardware address',
  read(_reading, context, reportId) {
    const bytes = bytesOf(context, reportId);
    if (!bytes || bytes.length < 6) return undefined;
    return Array.from(bytes.subarray(0, 6), (byte) => byte.toString(16).padStart(2, '0')).join(':');
  },
};

export const counter: Converter = {
  meaning: 'a report as a 32-bit counter, lowest byte first',
  read(_reading, context, reportId) {
    const bytes = bytesOf(context, reportId);
    if (!bytes || bytes.length < 4) return undefined;
    return String(new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true));
  },
};

const flags =
  (names: readonly (readonly [number, string])[]): NonNullable<Converter['read']> =>
  (_reading, context, reportId) => {
    const bytes = bytesOf(context, reportId);
    if (!bytes || bytes.length < 2) return undefined;
    const word = (bytes[0] ?? 0) | ((bytes[1] ?? 0) << 8);
    const set = names.filter(([mask]) => (word & mask) !== 0).map(([, name]) => name);
    return set.length > 0 ? set.join(' ') : undefined;
  };

export const everMessages: Converter = {
  meaning: 'words for the message bits of an Ever unit',
  read: flags([
    [0x4, 'BOOST'],
    [0x8, 'BUCK'],
    [0x10, 'BOOST_BLOCKED'],
    [0x20, 'BUCK_BLOCKED'],
    [0x40, 'CHARGING'],
    [0x80, 'FAN_ON'],
    [0x100, 'EPO_BLOCKED'],
    // The words are spelled as in NUT, so that scripts find them.
    [0x200, 'NEED_REPLACMENT'],
    [0xc00, 'OVERHEAT'],
    [0x1000, 'WAITING_FOR_MIN_CHARGE'],
    [0x2000, 'MAINS_OUT_OF_RANGE'],
  ]),
};

export const everAlarms: Converter = {
  meaning: 'words for the alarm bits of an Ever unit',
  read: flags([
    [0x1, 'OVERLOAD'],
    [0x2, 'SHORT-CIRCUIT'],
    [0xc, 'OVERHEAT'],
    [0x10, 'EPO'],
    [0x20, 'INERNAL_ERROR'],
    [0x40, 'REVERSE_POWER_SUPPLY'],
    [0x80, 'NO_INETERNAL_COMM'],
    [0x100, 'CRITICAL_BATT_VOLTAGE'],
  ]),
};

const WORK_MODES: Readonly<Record<number, string>> = {
  2: 'STOP',
  4: 'ONLINE',
  8: 'ONBATTERY',
  16: 'WATCH',
  32: 'WAITING',
  64: 'EMERGENCY',
};

export const everWorkMode: Converter = {
  meaning: 'work mode of an Ever unit',
  read(_reading, context, reportId) {
    const mode = bytesOf(context, reportId)?.[0];
    return mode === undefined ? undefined : (WORK_MODES[mode] ?? 'UNKNOWN');
  },
};
