/** What the tray shows: icon, tooltip and menu from the state of every UPS. Pure. */
import { message, type Locale } from '#domain/messages/message.ts';
import { powerSentence, roughTime } from '#domain/power-sentence.ts';
import { batteryLevel, moodOf, numberIn, POWER_STATES, powerStateOf, type Mood } from '#domain/power-state.ts';
import type { MonitorView } from '#domain/schema/monitor.ts';
import { isBeyondReturn, isShutdownComing, shutdownSentence } from '#domain/shutdown-sentence.ts';
import type { UpsSnapshot } from '#domain/schema/snapshot.ts';
import { MUTE, SELF_TEST, type Wish } from './tray-commands.ts';
import type { WatchedUps } from './ups-watch.ts';

/** Shapes drawn in resources/icons; the number is the battery's level in quarters. */
export type TrayShape =
  | 'plug'
  | 'charging'
  | 'battery-0'
  | 'battery-1'
  | 'battery-2'
  | 'battery-3'
  | 'battery-4'
  | 'battery-unknown'
  | 'low'
  | 'off'
  | 'alert'
  | 'no-contact';

export interface TrayIcon {
  readonly shape: TrayShape;
  /** The mood gives the colour; the shape alone says it too. */
  readonly tone: Mood;
}

export type TrayAction =
  | { readonly type: 'open' }
  | { readonly type: 'quit' }
  | { readonly type: 'command'; readonly ups: string; readonly command: string }
  | { readonly type: 'wish'; readonly wish: Wish };

export type TrayItem =
  | { readonly kind: 'status'; readonly label: string }
  | { readonly kind: 'separator' }
  | { readonly kind: 'action'; readonly label: string; readonly action: TrayAction; readonly isEnabled: boolean };

export interface TrayView {
  readonly icon: TrayIcon;
  readonly tooltip: string;
  readonly menu: readonly TrayItem[];
}

/** Windows cuts a tooltip off after 127 characters. */
const LONGEST_TOOLTIP = 127;

/** Of the program: without a running engine nothing is known. */
export type Phase = 'starting' | 'running' | 'ending' | 'failed';

export function trayView(
  upses: readonly WatchedUps[],
  phase: Phase,
  now: number,
  locale: Locale,
  monitor?: MonitorView,
): TrayView {
  const isRunning = phase === 'running';
  const lines = isRunning ? statusLines(upses, now, locale) : [message(`tray.${phase}`, {}, locale)];
  const worst = isRunning ? worstOf(upses) : undefined;
  const coming = isRunning && monitor && isShutdownComing(monitor) ? monitor : undefined;
  const isGrave = coming !== undefined && isBeyondReturn(coming) && coming.plan.action !== 'nothing';
  const sentence = coming && shutdownSentence(coming, now, locale);
  return {
    icon: isGrave ? { shape: 'off', tone: 'danger' } : worst ? iconOf(worst) : { shape: 'no-contact', tone: 'none' },
    tooltip: shorten([...(sentence === undefined ? [] : [sentence]), ...lines].join('\n')),
    menu: [
      ...(coming ? shutdownItems(coming, now, locale) : []),
      ...lines.map((label): TrayItem => ({ kind: 'status', label })),
      { kind: 'separator' },
      {
        kind: 'action',
        label: message('tray.open', {}, locale),
        action: { type: 'open' },
        isEnabled: phase !== 'ending',
      },
      ...(phase === 'running' ? commandItems(upses, locale) : []),
      { kind: 'separator' },
      {
        kind: 'action',
        label: message('tray.quit', {}, locale),
        action: { type: 'quit' },
        isEnabled: phase !== 'ending',
      },
    ],
  };
}

/** The countdown in minutes: a menu that changes every second could not be used. */
function shutdownItems(monitor: MonitorView, now: number, locale: Locale): TrayItem[] {
  const entry = (wish: Wish, label: string, isOffered: boolean): TrayItem[] =>
    isOffered ? [{ kind: 'action', label, action: { type: 'wish', wish }, isEnabled: true }] : [];
  const inMinutes = (seconds: number): string =>
    roughTime(seconds < 60 ? Math.ceil(seconds / 15) * 15 : seconds, locale);
  const again = monitor.phase === 'failed' ? 'shutdown.again' : 'shutdown.now';
  return [
    { kind: 'status', label: shutdownSentence(monitor, now, locale, inMinutes) ?? '' },
    ...entry('cancel', message('shutdown.cancel', {}, locale), monitor.canCancel),
    ...entry('postpone', message('shutdown.wait', {}, locale), monitor.canPostpone),
    ...entry('shutdown-now', `${message(again, {}, locale)}…`, monitor.canShutDown),
    { kind: 'separator' },
  ];
}

function statusLines(upses: readonly WatchedUps[], now: number, locale: Locale): string[] {
  if (upses.length === 0) return [message('tray.no-ups', {}, locale)];
  return upses.map(({ snapshot, onBatterySince }) => {
    const sentence = powerSentence(snapshot, onBatterySince === undefined ? undefined : now - onBatterySince, locale);
    return upses.length === 1 ? sentence : message('tray.several', { ups: snapshot.name, sentence }, locale);
  });
}

function worstOf(upses: readonly WatchedUps[]): UpsSnapshot | undefined {
  const rank = (ups: UpsSnapshot): number => POWER_STATES.indexOf(powerStateOf(ups));
  return upses.map((ups) => ups.snapshot).sort((a, b) => rank(a) - rank(b))[0];
}

export function iconOf(ups: UpsSnapshot): TrayIcon {
  const state = powerStateOf(ups);
  const tone = moodOf(state);
  switch (tone) {
    case 'mains':
      return { shape: state === 'charging' ? 'charging' : 'plug', tone };
    case 'battery':
    case 'test':
      return { shape: batteryShape(numberIn(ups, 'battery.charge')), tone };
    case 'danger':
      return { shape: state === 'low-battery' ? 'low' : 'off', tone };
    case 'care':
      return { shape: 'alert', tone };
    case 'none':
      return { shape: 'no-contact', tone };
  }
}

function batteryShape(charge: number | undefined): TrayShape {
  const level = batteryLevel(charge);
  return level === undefined ? 'battery-unknown' : `battery-${level}`;
}

/** Only what a unit offers is in the menu; with several units each entry names its own. */
function commandItems(upses: readonly WatchedUps[], locale: Locale): TrayItem[] {
  const isOnly = upses.length === 1;
  const entry = (command: string, label: 'tray.mute' | 'tray.test', mayRun: (ups: UpsSnapshot) => boolean) =>
    upses
      .filter(({ snapshot }) => snapshot.commands.includes(command))
      .map(({ snapshot: ups }): TrayItem => ({
        kind: 'action',
        label: isOnly ? message(label, {}, locale) : message(`${label}-of`, { ups: ups.name }, locale),
        action: { type: 'command', ups: ups.name, command },
        isEnabled: ups.availability === 'available' && mayRun(ups),
      }));
  return [
    ...entry(MUTE, 'tray.mute', () => true),
    // A test takes from the battery: not while the battery is all there is.
    ...entry(SELF_TEST, 'tray.test', (ups) => moodOf(powerStateOf(ups)) === 'mains'),
  ];
}

const shorten = (text: string): string =>
  text.length <= LONGEST_TOOLTIP ? text : `${text.slice(0, LONGEST_TOOLTIP - 1).trimEnd()}…`;
