/** What happened in the last outage, once power is back: as a sentence. Pure. */
import { phrase, type Phrase } from './messages/message.ts';
import type { MonitorView } from './schema/monitor.ts';

export type ShutdownStory = NonNullable<MonitorView['story']>;

/** @param time writes a moment, milliseconds since 1970, by the clock of whoever reads it */
export function storyPhrase(story: ShutdownStory, time: (at: number) => string): Phrase {
  const { outageBeganAt, shutDownAt, charge, startedAt, backAt = startedAt } = story;
  const at = time(shutDownAt);
  if (outageBeganAt === undefined) {
    return phrase('monitor.story.shutdown', { at, back: time(startedAt), why: story.reason as Phrase });
  }
  const known = { from: time(outageBeganAt), at, back: time(backAt) };
  return charge === undefined
    ? phrase('monitor.story.outage-plain', known)
    : phrase('monitor.story.outage', { ...known, charge: Math.round(charge) });
}
