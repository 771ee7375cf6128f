/** Notices on their way out, and what upssched.conf makes of them. Pure. */
import type { NotifyType } from '#engine/settings/nut-conf/notify-types.ts';
import type { MonitorEffect, MonitorStep } from './machine-step.ts';
import type { MonitorNow, MonitorState } from './monitor-state.ts';
import { noticeOf, type Notice } from './notices.ts';
import type { MonitorPolicy } from './policy.ts';
import { schedule } from './upssched.ts';

/** Notices go out, and through upssched where that is what follows them. */
export function announce(
  policy: MonitorPolicy,
  state: MonitorState,
  notices: readonly Notice[],
  now: MonitorNow,
): MonitorStep {
  const effects: MonitorEffect[] = [];
  let { timers } = state;
  const { upssched } = policy.notices;
  for (const notice of notices) {
    if (notice.flags.includes('IGNORE')) continue;
    effects.push({ type: 'notify', notice });
    if (!upssched || !notice.flags.includes('EXEC')) continue;
    const scheduled = schedule(upssched, timers, notice, now);
    timers = [...scheduled.timers];
    effects.push(...scheduled.runs.map((run): MonitorEffect => ({ type: 'run-script', run })));
  }
  return { state: { ...state, timers }, effects };
}

/** Who watches nothing has nothing to tell. */
export const sleepNotice = (policy: MonitorPolicy, type: NotifyType): readonly Notice[] =>
  policy.supplies.length === 0 ? [] : [noticeOf(policy.notices, type, '')];
