/** What a message says: what happened, the figures, the last ten minutes; once as plain text and once as HTML. */
import { hostname } from 'node:os';
import { message, type Locale } from '#domain/messages/message.ts';
import { powerSentence, roughTime } from '#domain/power-sentence.ts';
import { numberIn } from '#domain/power-state.ts';
import type { AlertKind, AlertSeverity } from '#domain/schema/alerts.ts';
import type { Sample, UpsSnapshot } from '#domain/schema/snapshot.ts';
import { isMoment, notifyTypeOf } from './alert-policy.ts';
import type { Alert } from './alert-rules.ts';
import { htmlBars } from './html-chart.ts';
import type { OutMessage } from './outbox.ts';

export interface AlertFacts {
  /** Undefined: it is not there any more. */
  readonly ups: UpsSnapshot | undefined;
  /** Of the last ten minutes, oldest first. */
  readonly samples: readonly Sample[];
  /** What will happen next, in lines. */
  readonly plan: readonly string[];
}

const MINUTE_MS = 60_000;
const BARS = '▁▂▃▄▅▆▇█';

export function wordsOf(alert: Alert, { ups, samples, plan }: AlertFacts, locale: Locale): OutMessage {
  const { incident, stage, at, severity } = alert;
  const { kind, startedAt, endedAt } = incident;
  const time = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' });
  const now = sentenceOf(kind, severity, locale);
  const lastedFor = roughTime(((endedAt ?? at) - startedAt) / 1000, locale);
  const sentence = {
    begin: () => now,
    worse: () => now,
    end: () => (isMoment(kind) ? now : message(`alert.${kind}.end`, {}, locale)),
    repeat: () => message('alert.again', { time: lastedFor, sentence: now }, locale),
    summary: () =>
      message(
        'alert.summary',
        { count: alert.count ?? 0, since: time.format(alert.since ?? at), sentence: now },
        locale,
      ),
  }[stage]();
  const detail = incident.detail ?? '';
  const isAboutPower = OUTAGE_KINDS.has(kind) || severity === 'danger';
  const lines = [
    ...(detail === '' ? [] : [kind === 'test-ended' ? message('alert.result', { result: detail }, locale) : detail]),
    // It may arrive long after.
    ...(isMoment(kind) ? [message('alert.at', { at: time.format(at) }, locale)] : []),
    ...(stage === 'summary' || isMoment(kind) ? [] : [message('alert.began', { at: time.format(startedAt) }, locale)]),
    ...(stage === 'end' ? [message('alert.lasted', { time: lastedFor }, locale)] : []),
    ...(ups && kind !== 'no-contact' && stage !== 'end' ? [powerSentence(ups, undefined, locale)] : []),
  ];
  return layOut(
    {
      id: alert.id,
      at,
      title: incident.ups === '' ? sentence : message('alert.title', { ups: incident.ups, sentence }, locale),
      ups: incident.ups,
      event: notifyTypeOf(kind, stage),
      status: ups?.variables['ups.status']?.value ?? '',
      kind,
      stage,
      severity,
      startedAt,
      ...(endedAt === undefined || isMoment(kind) ? {} : { endedAt }),
    },
    { lines, plan: isAboutPower && stage !== 'end' ? plan : [], ups, samples },
    locale,
  );
}

/** Kinds during which people ask what happens next. */
const OUTAGE_KINDS: ReadonlySet<AlertKind> = new Set(['on-battery', 'low-battery', 'forced-shutdown', 'shutdown']);

function sentenceOf(kind: AlertKind, severity: AlertSeverity, locale: Locale): string {
  if (isMoment(kind)) return message(`alert.moment.${kind}`, {}, locale);
  if (kind === 'no-contact' && severity === 'danger') return message('alert.danger-no-contact', {}, locale);
  return message(`incident.${kind}.now`, {}, locale);
}

/** A message that takes the way of all others and says that it is none. */
export const testWords = (upsName: string, { ups, samples }: AlertFacts, at: number, locale: Locale): OutMessage =>
  layOut(
    {
      id: `test-${at}`,
      at,
      title: message('alert.test.title', {}, locale),
      ups: upsName,
      event: 'TEST',
      status: ups?.variables['ups.status']?.value ?? '',
      kind: 'test',
      stage: 'begin',
      severity: 'info',
    },
    { lines: [message('alert.test.text', { ups: upsName }, locale)], plan: [], ups, samples },
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

/** Bars of the chart: each a third of a minute. */
const BAR_MS = MINUTE_MS / 3;
const MOST_BARS = 30;

/** The course of each quantity, the time on battery in another colour. Bars begin at zero. */
function htmlCharts(columns: readonly Column[], samples: readonly Sample[]): string {
  const byBar = [...new Map(samples.map((sample) => [Math.floor(sample.at / BAR_MS), sample])).values()].slice(
    -MOST_BARS,
  );
  if (byBar.length < 2) return '';
  return columns
    .map(({ label, unit, of }) => {
      const bars = byBar.map((sample) => ({ value: of(sample), isOnBattery: sample.onBattery === true }));
      const known = bars.flatMap(({ value }) => value ?? []);
      const most = Math.max(unit === '%' ? 100 : 1, ...known);
      return `<p style="margin:8px 0 2px">${escape(label)}</p>\n${htmlBars(bars, most)}`;
    })
    .join('\n');
}

/** The course of a quantity as a row of bars; a gap where nothing is known. */
function barsOf(values: readonly (number | undefined)[]): string {
  const known = values.filter((value) => value !== undefined);
  const [least, most] = [Math.min(...known), Math.max(...known)];
  const step = (value: number): number =>
    most === least ? 4 : Math.round(((value - least) / (most - least)) * (BARS.length - 1));
  return values.map((value) => (value === undefined ? ' ' : BARS[step(value)])).join('');
}

interface Content {
  readonly lines: readonly string[];
  readonly plan: readonly string[];
  readonly ups: UpsSnapshot | undefined;
  readonly samples: readonly Sample[];
}

function layOut(
  head: Omit<OutMessage, 'text' | 'html' | 'brief' | 'figures'>,
  { lines, plan, ups, samples }: Content,
  locale: Locale,
): OutMessage {
  const figures = ups ? figuresOf(ups, locale) : [];
  const minutes = minutesOf(samples, locale);
  const foot = message('alert.from', { host: hostname() }, locale);
  const width = Math.max(0, ...figures.map(([label]) => label.length));
  const text = [
    lines.join('\n'),
    plan.join('\n'),
    figures.map(([label, value]) => `${label.padEnd(width)}  ${value}`).join('\n'),
    minutes.columns.length === 0 ? '' : textTable(minutes, locale),
    foot,
  ];
  const html = [
    `<h2 style="font-size:18px">${escape(head.title)}</h2>`,
    ...lines.map((line) => `<p>${escape(line)}</p>`),
    plan.length === 0 ? '' : `<p>${plan.map(escape).join('<br>')}</p>`,
    htmlRows(figures.map(([label, value]) => [escape(label), `<b>${escape(value)}</b>`])),
    minutes.columns.length === 0 ? '' : htmlTable(minutes, locale),
    minutes.columns.length === 0 ? '' : htmlCharts(minutes.columns, samples),
    `<p style="color:#666">${escape(foot)}</p>`,
  ];
  const joined = (parts: readonly string[], between: string): string =>
    parts.filter((part) => part !== '').join(between);
  return {
    ...head,
    text: joined(text, '\n\n'),
    html: joined(html, '\n'),
    brief: [...lines, ...plan].join('\n'),
    figures: ups ? numbersOf(ups) : {},
  };
}

/** What programs are told of it. */
const TOLD_VARIABLES = [
  'battery.charge',
  'battery.runtime',
  'battery.voltage',
  'input.voltage',
  'output.voltage',
  'ups.load',
  'ups.temperature',
] as const;

/** Nothing old: what the UPS said before contact was lost is not how it is. */
function numbersOf(ups: UpsSnapshot): Readonly<Record<string, number>> {
  if (ups.availability !== 'available') return {};
  return Object.fromEntries(
    TOLD_VARIABLES.flatMap((name) => {
      const value = numberIn(ups, name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

const shown = (value: number | undefined, unit: string, locale: Locale): string =>
  value === undefined ? '–' : `${new Intl.NumberFormat(locale, { maximumFractionDigits: 1 }).format(value)} ${unit}`;

function tableOf({ samples, columns }: Minutes, locale: Locale): readonly (readonly string[])[] {
  const time = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' });
  return [
    [message('alert.column.time', {}, locale), ...columns.map(({ label }) => label)],
    ...samples.map((sample) => [
      time.format(sample.at),
      ...columns.map(({ of, unit }) => shown(of(sample), unit, locale)),
    ]),
  ];
}

function textTable(minutes: Minutes, locale: Locale): string {
  const [head = [], ...values] = tableOf(minutes, locale);
  const bars = ['', ...minutes.columns.map(({ of }) => barsOf(minutes.samples.map(of)))];
  const rows = [head, bars, ...values];
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
