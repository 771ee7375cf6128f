import { phrase, type Phrase } from '#domain/messages/message.ts';

/** A length of time as it stands in a sentence. */
export function spanOf(seconds: number): Phrase {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 120) return phrase('time.seconds', { count: whole });
  const minutes = Math.round(whole / 60);
  if (minutes < 120) return phrase('time.minutes', { count: minutes });
  return phrase('time.hours', { hours: Math.floor(minutes / 60), minutes: minutes % 60 });
}
