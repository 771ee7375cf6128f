/** What a person is told about shutdowns of this computer beside the states of the UPSes. Pure. */
import { message, textIn, type Locale } from '#domain/messages/message.ts';
import type { MonitorView } from '#domain/schema/monitor.ts';
import { storyPhrase } from '#domain/shutdown-story.ts';

export interface ShutdownNotice {
  readonly title: string;
  readonly body: string;
  /** Stays on the screen until it is dismissed, where the system can do that. */
  readonly isUrgent: boolean;
}

export interface ShutdownMemory {
  readonly isFailureTold: boolean;
  /** Which story was told: the start of the computer that followed it. Outlives the program. */
  readonly storyTold: number;
}

/** A failure is told once, and so is the story of a shutdown once power is back. */
export function stepShutdownNotices(
  memory: ShutdownMemory,
  monitor: MonitorView,
  locale: Locale,
): { readonly memory: ShutdownMemory; readonly notice: ShutdownNotice | undefined } {
  const isFailed = monitor.phase === 'failed';
  if (isFailed && !memory.isFailureTold) {
    const failure = textIn(monitor.failure, locale) ?? '';
    const body = `${message('shutdown.failure', { failure }, locale)} ${message('shutdown.by-hand', {}, locale)}`;
    const notice = { title: message('going.failed', {}, locale), body, isUrgent: true };
    return { memory: { ...memory, isFailureTold: true }, notice };
  }
  const next = { ...memory, isFailureTold: isFailed };
  const { story } = monitor;
  if (story?.backAt === undefined || story.startedAt === memory.storyTold) return { memory: next, notice: undefined };
  const title = message('story.title.shutdown', {}, locale);
  const body =
    textIn(
      storyPhrase(story, (at) => momentIn(at, locale)),
      locale,
    ) ?? '';
  return { memory: { ...next, storyTold: story.startedAt }, notice: { title, body, isUrgent: false } };
}

/** With the day: the outage may have been yesterday's. */
const momentIn = (at: number, locale: Locale): string =>
  new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', hour: 'numeric', minute: '2-digit' }).format(at);
