/** The history file in this thread, for tests whose clock stands still while the disk answers. */
import { loadSqlite } from '#engine/adapters/sqlite.ts';
import type { OpenHistoryFile } from '#engine/history/history-store.ts';
import { createHistoryDesk } from '#engine/history/sqlite-desk.ts';
import { openAt } from '#engine/history/threaded-history.ts';

export const openHere: OpenHistoryFile = async (file, log, now) => {
  const desk = createHistoryDesk(await loadSqlite(), file);
  const ask = (...told: Parameters<typeof desk>): Promise<unknown> => Promise.resolve().then(() => desk(...told));
  return openAt({ ask, end: () => Promise.resolve() }, file, log, now);
};
