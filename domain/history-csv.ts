/** History as CSV (RFC 4180): `time,variable,min,mean,max`, times in UTC, empty figures where nothing is known. Pure. */

export const CSV_HEAD = 'time,variable,min,mean,max\r\n';

export interface CsvFigures {
  readonly min: number;
  readonly mean: number;
  readonly max: number;
}

/** @param at milliseconds since 1970 */
export function csvLine(at: number, variable: string, figures: CsvFigures | undefined): string {
  const { min, mean, max } = figures ?? { min: '', mean: '', max: '' };
  return `${new Date(at).toISOString()},${quoted(variable)},${min},${mean},${max}\r\n`;
}

const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
