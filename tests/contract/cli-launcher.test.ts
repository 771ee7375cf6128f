/** When the launcher builds: a checkout in a temporary folder, with a build script that only counts. */
import { chmod, copyFile, mkdir, mkdtemp, readFile, realpath, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runProgram } from '#tests/support/run-program.ts';
import { LAUNCHER } from '#tests/support/served-program.ts';

const BUILD = `import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
appendFileSync('builds', 'x');
await new Promise((resolve) => setTimeout(resolve, 200));
mkdirSync('dist/headless', { recursive: true });
writeFileSync('dist/headless/cli.mjs', 'console.log(process.argv.slice(2).join(" "))');
`;

let checkout: string;
const at = (...path: string[]): string => join(checkout, ...path);
const launch = (...words: string[]) => runProgram(process.execPath, [at('bin', 'ridethrough.mjs'), ...words]);
const builds = async (): Promise<number> => (await readFile(at('builds'), 'utf8')).length;

/** Written long ago, as after a clone. */
async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(at(path)), { recursive: true });
  await writeFile(at(path), text);
  await utimes(at(path), 1e9, 1e9);
  await utimes(dirname(at(path)), 1e9, 1e9);
}

beforeEach(async () => {
  checkout = await mkdtemp(join(tmpdir(), 'ridethrough-checkout-'));
  await write('package.json', '{}');
  await write('scripts/build.ts', BUILD);
  await write('engine/deep/one.ts', '');
  await mkdir(at('bin'));
  for (const name of ['ridethrough.mjs', 'build.mjs', 'start.mjs']) {
    await copyFile(join(dirname(LAUNCHER), name), at('bin', name));
  }
});
afterEach(() => rm(checkout, { recursive: true, force: true }));

describe('the launcher in a checkout', () => {
  test('builds when there is no build, and hands the words over', async () => {
    expect(await launch('a', '--b')).toEqual({ status: 0, stdout: 'a --b\n', stderr: '' });
    expect((await launch()).status).toBe(0);
    expect(await builds()).toBe(1);
  });

  test('builds again when a source was changed, added or removed, and not for a test', async () => {
    await launch();
    const later = new Date(Date.now() + 60_000);
    await write('engine/deep/one.test.ts', '');
    await utimes(at('engine/deep/one.test.ts'), later, later);
    await launch();
    expect(await builds()).toBe(1);

    for (const change of [
      () => writeFile(at('engine/deep/one.ts'), 'changed'),
      () => writeFile(at('engine/deep/two.ts'), 'added'),
      () => rm(at('engine/deep/two.ts')),
    ]) {
      await utimes(at('engine/deep'), 1e9, 1e9);
      await utimes(at('engine/deep/one.ts'), 1e9, 1e9);
      const before = await builds();
      await launch();
      expect(await builds()).toBe(before);
      await change();
      await launch();
      expect(await builds()).toBe(before + 1);
    }
  });

  test('several at once build once, and all of them run', async () => {
    const runs = await Promise.all(['1', '2', '3'].map((word) => launch(word)));
    expect(runs.map(({ stdout }) => stdout)).toEqual(['1\n', '2\n', '3\n']);
    expect(await builds()).toBe(1);
  });

  test.runIf(process.platform === 'linux')('begins a service anew as the same process, with one arena', async () => {
    await launch();
    const program = 'console.log(process.pid, process.env.MALLOC_ARENA_MAX, process.argv.slice(2).join(" "))';
    await writeFile(at('dist/headless/cli.mjs'), program);
    const command = [process.execPath, at('bin', 'ridethrough.mjs'), 'serve', '--no-web'];
    const { stdout } = await runProgram('/bin/sh', ['-c', 'echo $$; exec "$@"', 'sh', ...command]);
    const [pid, told] = stdout.split('\n');
    expect(told).toBe(`${pid} ${process.env.MALLOC_ARENA_MAX ?? '1'} serve --no-web`);
  });

  test.runIf(process.platform === 'linux')('goes on as it is where a service may not begin anew', async () => {
    await launch();
    // Node's own permissions: files may be read, no other program may be run.
    const words = ['--permission', '--allow-fs-read=*', at('bin', 'ridethrough.mjs'), 'serve', '--no-web'];
    const { status, stdout, stderr } = await runProgram(process.execPath, words, { env: { PATH: process.env.PATH } });
    expect([status, stdout]).toEqual([0, 'serve --no-web\n']);
    expect(stderr).toContain('could not begin anew');
  });

  test('goes on where a build was broken off', async () => {
    const { stdout } = await runProgram(process.execPath, ['-p', 'process.pid']);
    await mkdir(at('dist'));
    await writeFile(at('dist', '.headless-build'), stdout.trim());
    expect((await launch('word')).stdout).toBe('word\n');
  });

  // Root may write everywhere, so it runs as nobody; others cannot become somebody else.
  test.runIf(process.platform !== 'win32')(
    'in a folder that cannot be written to uses the build that is there',
    async () => {
      const launchAsOther = () =>
        runProgram(process.execPath, [at('bin', 'ridethrough.mjs'), 'word'], {
          ...(process.getuid?.() === 0 ? { uid: 65_534 } : {}),
        });
      await chmod(checkout, 0o555);
      expect(await launchAsOther()).toMatchObject({
        status: 1,
        stderr: expect.stringMatching(/npm run build/) as string,
      });
      await chmod(checkout, 0o755);
      await launch();
      await writeFile(at('engine/deep/one.ts'), 'changed');
      for (const folder of [at('dist'), checkout]) await chmod(folder, 0o555);
      const { status, stdout, stderr } = await launchAsOther();
      expect([status, stdout]).toEqual([0, 'word\n']);
      expect(stderr).toMatch(/^ridethrough: The build is older than its sources.*\n$/);
      await chmod(at('dist'), 0o755);
      await chmod(checkout, 0o755);
    },
  );

  test('without "npm ci" says so', async () => {
    await write('scripts/build.ts', 'import "vite";');
    const { status, stderr } = await launch();
    expect([status, stderr]).toEqual([
      1,
      `ridethrough: the build lacks what it is made with. Run "npm ci" in ${await realpath(checkout)}.\n`,
    ]);
  });

  test('tells why a build failed, and tries again the next time', async () => {
    await write('scripts/build.ts', 'throw new Error("no such part")');
    const failed = await launch();
    expect(failed.status).toBe(1);
    expect(failed.stderr).toContain('no such part');
    await write('scripts/build.ts', BUILD);
    expect((await launch('word')).stdout).toBe('word\n');
  });
});
