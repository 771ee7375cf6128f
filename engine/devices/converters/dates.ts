/** Dates in their several packings, and clocks. All dates are written YYYY/MM/DD. */
import type { ConversionContext, Converter, Written } from './conversion.ts';

const NOT_SET = 'not set';
const two = (value: number): string => String(value).padStart(2, '0');

interface CalendarDate {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

function formatDate({ year, month, day }: CalendarDate): string | undefined {
  if (month < 1 || month > 12 || day < 1 || day > 31) return undefined;
  return `${year}/${two(month)}/${two(day)}`;
}

function parseDate(text: string): CalendarDate | undefined {
  const match = /^(\d{4})[/-](\d{1,2})[/-](\d{1,2})$/.exec(text.trim());
  if (!match) return undefined;
  const date = { year: Number(match[1]), month: Number(match[2]), day: Number(match[3]) };
  return formatDate(date) === undefined ? undefined : date;
}

/** Source: HID Power Devices 4.2.6, ManufacturerDate: (year - 1980) * 512 + month * 32 + day. */
export const hidDate: Converter = {
  meaning: 'date packed as in HID: years since 1980, month and day in 7, 4 and 5 bits',
  read({ logical }) {
    if (logical === 0) return NOT_SET;
    return formatDate({ year: 1980 + (logical >> 9), month: (logical >> 5) & 0xf, day: logical & 0x1f });
  },
  write(text) {
    const date = parseDate(text);
    if (!date || date.year < 1980 || date.year > 2107) return undefined;
    return { logical: ((date.year - 1980) << 9) | (date.month << 5) | date.day };
  },
};

const fromBcd = (byte: number): number => Number.parseInt(byte.toString(16), 10);
const toBcd = (value: number): number => Number.parseInt(String(value), 16);

export const apcDate: Converter = {
  meaning: 'date whose hexadecimal digits read MMDDYY (0x092501 is 2001/09/25), years from 1970 to 2069',
  read({ logical }) {
    if (logical === 0) return NOT_SET;
    const [month, day, year] = [(logical >> 16) & 0xff, (logical >> 8) & 0xff, logical & 0xff].map(fromBcd);
    if (month === undefined || day === undefined || year === undefined || Number.isNaN(month + day + year)) {
      return undefined;
    }
    return formatDate({ year: year >= 70 ? 1900 + year : 2000 + year, month, day });
  },
  write(text) {
    const date = parseDate(text);
    if (!date || date.year < 1970 || date.year > 2069) return undefined;
    return { logical: (toBcd(date.month) << 16) | (toBcd(date.day) << 8) | toBcd(date.year % 100) };
  },
};

const localDateText = (at: Date): string => `${at.getFullYear()}/${two(at.getMonth() + 1)}/${two(at.getDate())}`;
const localTimeText = (at: Date): string => `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;

function unixSeconds(date: CalendarDate, time: readonly number[]): Written {
  const [hours = 0, minutes = 0, seconds = 0] = time;
  return {
    physical: Math.floor(new Date(date.year, date.month - 1, date.day, hours, minutes, seconds).getTime() / 1000),
  };
}

function parseTime(text: string): readonly number[] | undefined {
  const match = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/.exec(text.trim());
  if (!match) return undefined;
  const time = [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)];
  return (time[0] ?? 0) < 24 && (time[1] ?? 0) < 60 && (time[2] ?? 0) < 60 ? time : undefined;
}

/** A clock that was never set counts from 1970 and is no date worth showing. */
const clockAt = (physical: number): Date | undefined =>
  physical > 0 && physical < 2 ** 32 ? new Date(physical * 1000) : undefined;

export const localDate: Converter = {
  meaning: 'date of a clock in Unix seconds, in local time; writing keeps its time of day',
  read({ physical }) {
    const at = clockAt(physical);
    return at && localDateText(at);
  },
  write(text, context: ConversionContext) {
    const date = parseDate(text);
    const time = parseTime(context.text('ups.time') ?? '');
    return date && time ? unixSeconds(date, time) : undefined;
  },
};

export const localTime: Converter = {
  meaning: 'time of day of a clock in Unix seconds, in local time; writing keeps its date',
  read({ physical }) {
    const at = clockAt(physical);
    return at && localTimeText(at);
  },
  write(text, context: ConversionContext) {
    const date = parseDate(context.text('ups.date') ?? '');
    const time = parseTime(text);
    return date && time ? unixSeconds(date, time) : undefined;
  },
};
