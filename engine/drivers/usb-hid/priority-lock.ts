/** Lets one piece of work at a time have the device; a command waits for the report being read, not for the whole pass. */
export interface PriorityLock {
  run<Result>(urgency: 'urgent' | 'normal', work: () => Promise<Result>): Promise<Result>;
}

export function createPriorityLock(): PriorityLock {
  const waiting: Record<'urgent' | 'normal', (() => void)[]> = { urgent: [], normal: [] };
  let isBusy = false;
  const next = (): void => {
    const begin = waiting.urgent.shift() ?? waiting.normal.shift();
    if (begin) begin();
    else isBusy = false;
  };
  return {
    async run(urgency, work) {
      if (isBusy) await new Promise<void>((begin) => waiting[urgency].push(begin));
      isBusy = true;
      try {
        return await work();
      } finally {
        next();
      }
    },
  };
}
