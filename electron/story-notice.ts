/** What a person is told of a shutdown of this computer once power is back. Pure. */
import { message, textIn, type Locale } from '#domain/messages/message.ts';
import type { MonitorView } from '#domain/schema/monitor.ts';
import { storyPhrase } from '#domain/shutdown-story.ts';

export interface StoryNotice {
  readonly title: string;
  readonly body: string;
  /** The start of the computer that followed: stories are told apart by it. */
  readonly startedAt: number;
}

/** @param told `startedAt` of the story that was told last @returns undefined where there is nothing new to tell */
export function storyNotice({ story }: MonitorView, told: number, locale: Locale): StoryNotice | undefined {
  if (story?.backAt === undefined || story.startedAt === told) return undefined;
  const body = textIn(
    storyPhrase(story, (at) => momentIn(at, locale)),
    locale,
  );
  return { title: message('story.title.shutdown', {}, locale), body: body ?? '', startedAt: story.startedAt };
}

/** With the day: the outage may have been yesterday's. */
const momentIn = (at: number, locale: Locale): string =>
  new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', hour: 'numeric', minute: '2-digit' }).format(at);
