/** What a message says: what happened, the figures, the last ten minutes; once as plain text and once as HTML. */
import { hostname } from 'node:os';
import { message, type Locale } from '#domain/messages/message.ts';
import { powerSentence, roughTime } from '#domain/power-sentence.ts';
import { numberIn } from '#domain/power-state.ts';
import type { Sample, UpsSnapshot } from '#domain/schema/snapshot.ts';
import { notifyTypeOf } from './alert-policy.ts';
import type { Alert } from './alert-rules.ts';
import type { OutMessage } from './outbox.ts';

export interface AlertFacts {
  /** Undefined: it is not there any more. */
  readonly ups: UpsSnapshot | undefined;
  /** Of the last ten minutes, oldest first. */
  readonly samples: readonly Sample[];
  /** What will happen next, in a sentence. */
  readonly plan?: string;
}

const MINUTE_MS = 60_000;
const BARS = '▁▂▃▄▅▆▇█';

export function wordsOf(alert: Alert, { ups, samples, plan }: AlertFacts, locale: Locale): OutMessage {
  const { incident, stage, at } = alert;
  const { kind } = incident;
  const time = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' });
  const now = message(`incident.${kind}.now`, {}, locale);
  const lastedFor = roughTime(((incident.endedAt ?? at) - incident.startedAt) / 1000, locale);
  const sentence = {
    begin: () => now,
    end: () => message(`alert.${kind}.end`, {}, locale),
    repeat: () => message('alert.again', { time: lastedFor, sentence: now }, locale),
    summary: () =>
      message(
        'alert.summary',
        { count: alert.count ?? 0, since: time.format(alert.since ?? at), sentence: now },
        locale,
      ),
  }[stage]();
  const lines = [
    ...(incident.detail === undefined ? [] : [incident.detail]),
    ...(stage === 'summary' ? [] : [message('alert.began', { at: time.format(incident.startedAt) }, locale)]),
    ...(stage === 'end' ? [message('alert.lasted', { time: lastedFor }, locale)] : []),
    ...(ups && kind !== 'no-contact' && stage !== 'end' ? [powerSentence(ups, undefined, locale)] : []),
    ...(plan === undefined ? [] : [plan]),
  ];
  return layOut(
    {
      id: alert.id,
      at,
      title: message('alert.title', { ups: incident.ups, sentence }, locale),
      ups: incident.ups,
      event: notifyTypeOf(kind, stage),
      status: ups?.variables['ups.status']?.value ?? '',
    },
    lines,
    ups ? figuresOf(ups, locale) : [],
    samples,
    locale,
  );
}

/** A message that takes the way of all others and says that it is none. */
export const testWords = (upsName: string, facts: AlertFacts, at: number, locale: Locale): OutMessage =>
  layOut(
    {
      id: `test-${at}`,
      at,
      title: message('alert.test.title', {}, locale),
      ups: upsName,
      event: 'TEST',
      status: facts.ups?.variables['ups.status']?.value ?? '',
    },
    [message('alert.test.text', { ups: upsName }, locale)],
    facts.ups ? figuresOf(facts.ups, locale) : [],
    facts.samples,
    locale,
  );

type Row = readonly [label: string, value: string];

/** What the UPS tells, and nothing else. */
function figuresOf(ups: UpsSnapshot, locale: Locale): readonly Row[] {
  if (ups.availability === 'not-connected') return [];
  const number = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
  const row = (label: string, variable: string, unit: string): readonly Row[] => {
    const value = numberIn(ups, variable);
    return value === undefined ? [] : [[label, `${number.format(value)} ${unit}`]];
  };
  const status = ups.variables['ups.status']?.value;
  const runtime = numberIn(ups, 'battery.runtime');
  return [
    ...(status === undefined ? [] : [[message('alert.status', {}, locale), status] as const]),
    ...row(message('quantity.charge', {}, locale), 'battery.charge', '%'),
    ...(runtime === undefined || runtime < 0
      ? []
      : [[message('quantity.runtime', {}, locale), roughTime(runtime, locale)] as const]),
    ...row(message('quantity.load', {}, locale), 'ups.load', '%'),
    ...row(message('quantity.input-voltage', {}, locale), 'input.voltage', 'V'),
    ...row(message('quantity.output-voltage', {}, locale), 'output.voltage', 'V'),
    ...row(message('quantity.battery-voltage', {}, locale), 'battery.voltage', 'V'),
  ];
}

interface Column {
  readonly label: string;
  readonly unit: string;
  readonly of: (sample: Sample) => number | undefined;
}

const columnsIn = (locale: Locale): readonly Column[] => [
  { label: message('quantity.charge', {}, locale), unit: '%', of: ({ charge }) => charge },
  { label: message('quantity.load', {}, locale), unit: '%', of: ({ load }) => load },
  { label: message('quantity.input-voltage', {}, locale), unit: 'V', of: ({ inputVoltage }) => inputVoltage },
];

interface Minutes {
  /** The last sample of each minute, oldest first. */
  readonly samples: readonly Sample[];
  /** Only those that were ever told. */
  readonly columns: readonly Column[];
}

function minutesOf(samples: readonly Sample[], locale: Locale): Minutes {
  const byMinute = new Map(samples.map((sample) => [Math.floor(sample.at / MINUTE_MS), sample]));
  const kept = [...byMinute.values()].slice(-10);
  return {
    samples: kept,
    columns: columnsIn(locale).filter(({ of }) => kept.some((sample) => of(sample) !== undefined)),
  };
}

/** The course of a quantity as a row of bars; a gap where nothing is known. */
function barsOf(values: readonly (number | undefined)[]): string {
  const known = values.filter((value) => value !== undefined);
  const [least, most] = [Math.min(...known), Math.max(...known)];
  const step = (value: number): number =>
    most === least ? 4 : Math.round(((value - least) / (most - least)) * (BARS.length - 1));
  return values.map((value) => (value === undefined ? ' ' : BARS[step(value)])).join('');
}

function layOut(
  head: Omit<OutMessage, 'text' | 'html'>,
  lines: readonly string[],
  figures: readonly Row[],
  samples: readonly Sample[],
  locale: Locale,
): OutMessage {
  const minutes = minutesOf(samples, locale);
  const foot = message('alert.from', { host: hostname() }, locale);
  const width = Math.max(0, ...figures.map(([label]) => label.length));
  const text = [
    lines.join('\n'),
    figures.map(([label, value]) => `${label.padEnd(width)}  ${value}`).join('\n'),
    minutes.columns.length === 0 ? '' : textTable(minutes, locale),
    foot,
  ];
  const html = [
    `<h2 style="font-size:18px">${escape(head.title)}</h2>`,
    ...lines.map((line) => `<p>${escape(line)}</p>`),
    htmlRows(figures.map(([label, value]) => [escape(label), `<b>${escape(value)}</b>`])),
    minutes.columns.length === 0 ? '' : htmlTable(minutes, locale),
    `<p style="color:#666">${escape(foot)}</p>`,
  ];
  const joined = (parts: readonly string[], between: string): string =>
    parts.filter((part) => part !== '').join(between);
  return { ...head, text: joined(text, '\n\n'), html: joined(html, '\n') };
}

const shown = (value: number | undefined, unit: string, locale: Locale): string =>
  value === undefined ? '–' : `${new Intl.NumberFormat(locale, { maximumFractionDigits: 1 }).format(value)} ${unit}`;

function tableOf({ samples, columns }: Minutes, locale: Locale): readonly (readonly string[])[] {
  const time = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' });
  return [
    [message('alert.column.time', {}, locale), ...columns.map(({ label }) => label)],
    ['', ...columns.map(({ of }) => barsOf(samples.map(of)))],
    ...samples.map((sample) => [
      time.format(sample.at),
      ...columns.map(({ of, unit }) => shown(of(sample), unit, locale)),
    ]),
  ];
}

function textTable(minutes: Minutes, locale: Locale): string {
  const rows = tableOf(minutes, locale);
  const widths = (rows[0] ?? []).map((_, index) => Math.max(...rows.map((row) => row[index]?.length ?? 0)));
  const table = rows.map((row) =>
    row
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return [message('alert.last-minutes', {}, locale), ...table].join('\n');
}

function htmlTable(minutes: Minutes, locale: Locale): string {
  const [head = [], ...rows] = tableOf(minutes, locale);
  const cells = (row: readonly string[], tag: 'td' | 'th'): string =>
    row.map((cell) => `<${tag} style="padding:2px 12px 2px 0;text-align:left">${escape(cell)}</${tag}>`).join('');
  return [
    `<p>${escape(message('alert.last-minutes', {}, locale))}</p>`,
    '<table style="border-collapse:collapse;font-variant-numeric:tabular-nums">',
    `<tr>${cells(head, 'th')}</tr>`,
    ...rows.map((row) => `<tr>${cells(row, 'td')}</tr>`),
    '</table>',
  ].join('\n');
}

const htmlRows = (rows: readonly Row[]): string =>
  rows.length === 0
    ? ''
    : `<table>${rows.map(([label, value]) => `<tr><td style="padding-right:16px">${label}</td><td>${value}</td></tr>`).join('')}</table>`;

const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
