/** Errors of engine/history. */
export const history = {
  'error.history/cannot-write': 'History is not being written: {file}: {reason}.',
  'remedy.history/cannot-write': 'Make room or give the program the right to write there. It is tried again by itself.',
  'error.history/broken': 'The history {file} cannot be used: {reason}.',
  'remedy.history/broken': 'It was moved to {aside}, and a new one begins.',
  'error.history/newer-file': 'The history {file} was written by a newer version.',
  'remedy.history/newer-file': 'Install that version again, or move the file away to begin a new history.',
  'error.history/none': 'There is no history in {file}.',
  'remedy.history/none': 'Start "ridethrough serve" first, or name its data folder with --data-dir DIR.',
  'error.history/cannot-read': 'The history {file} cannot be read: {reason}.',
  'remedy.history/cannot-read': 'Run this as the user the service runs as.',
  'error.history/no-ups': 'There is no history of {ups}.',
  'remedy.history/no-ups': 'History is kept of: {known}.',
  'error.history/cannot-export': 'Cannot write {file}: {reason}.',
  'remedy.history/cannot-export': 'Check that the folder exists, may be written and has room.',
} as const;
