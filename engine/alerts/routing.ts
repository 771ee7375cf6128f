/** What a way to people takes, and when it is quiet. Pure. */
import { ALERT_SEVERITIES, type AlertKind, type AlertSeverity } from '#domain/schema/alerts.ts';
import type { Routing } from '#domain/schema/settings/alert-settings.ts';

export const takes = ({ least, except }: Routing, kind: AlertKind, severity: AlertSeverity): boolean =>
  ALERT_SEVERITIES.indexOf(severity) >= ALERT_SEVERITIES.indexOf(least) && !except.includes(kind);

/**
 * When a message may be sent: now, or at the end of the quiet hours. A danger waits for nobody's sleep.
 * @param now milliseconds since 1970
 */
export function dueAt({ quietFrom, quietTo }: Routing, severity: AlertSeverity, now: number): number {
  if (severity === 'danger' || quietFrom === '' || quietTo === '' || quietFrom === quietTo) return now;
  const local = new Date(now);
  const [from, to] = [minutesOf(quietFrom), minutesOf(quietTo)];
  const minute = local.getHours() * 60 + local.getMinutes();
  const isQuiet = from < to ? minute >= from && minute < to : minute >= from || minute < to;
  if (!isQuiet) return now;
  // By the calendar, not by hours: a night in which the clocks change ends in the morning all the same.
  const isTomorrow = minute >= to;
  return new Date(
    local.getFullYear(),
    local.getMonth(),
    local.getDate() + (isTomorrow ? 1 : 0),
    Math.floor(to / 60),
    to % 60,
  ).getTime();
}

function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
}
