/** Errors of engine/settings: NUT's files and our own. */
export const settings = {
  'error.settings/bad-line': '{file}:{line}: {reason}',
  'remedy.settings/bad-line': '{fix}',
  'error.settings/cannot-read': 'Cannot read {file}: {reason}.',
  'remedy.settings/cannot-read': 'Check that the file exists and may be read.',
} as const;
