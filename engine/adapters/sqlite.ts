type Sqlite = typeof import('node:sqlite');

let loading: Promise<Sqlite> | undefined;

/** Node's SQLite, loaded only where history is read or written. */
export const loadSqlite = (): Promise<Sqlite> => (loading ??= withoutWarning(() => import('node:sqlite')));

/**
 * Some versions of Node 24 call the module experimental on standard error, where the log belongs. The warning is made
 * while the module is loaded.
 */
async function withoutWarning<Result>(load: () => Promise<Result>): Promise<Result> {
  const emit = process.emitWarning.bind(process) as (...told: unknown[]) => void;
  const emitOthers = (...told: unknown[]): void => {
    if (!String(told[0]).includes('SQLite')) emit(...told);
  };
  process.emitWarning = emitOthers;
  try {
    return await load();
  } finally {
    process.emitWarning = emit;
  }
}
