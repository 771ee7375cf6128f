/** What a command may touch of its process: handed in, so that tests run commands without one. */
export interface CommandIo {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
  readonly env: NodeJS.ProcessEnv;
}

/** Exit statuses of every command (docs/user/command-line.md). */
export const EXIT = { ok: 0, failed: 1, usage: 2, configuration: 78, readerGone: 128 + 13 } as const;

/** The call's words are wrong: told with a pointer to `--help`, status 2. */
export class UsageError extends Error {}
