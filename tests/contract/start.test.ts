/** What `npm start` opens, in a checkout in a temporary folder: its build only counts, its Electron is a script. */
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ProgramRun, runProgram } from '#tests/support/run-program.ts';
import { LAUNCHER } from '#tests/support/served-program.ts';

const BUILD = `import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
console.log('(!) words of the builder');
for (const [part, file] of [['headless', 'cli.mjs'], ['renderer', 'index.html'], ['electron-main', 'main.mjs']]) {
  if (!process.argv.includes(part)) continue;
  const folder = 'dist/' + part.replace('-main', '');
  appendFileSync('builds', part + ' ');
  mkdirSync(folder, { recursive: true });
  writeFileSync(folder + '/' + file, 'console.log("program", process.argv.slice(2).join(" "))');
}
`;
const IN_BROWSER = (reason: string): string => `Showing Ridethrough in the browser: ${reason}.\n`;

let checkout: string;
let mirror: Server | undefined;
const at = (...path: string[]): string => join(checkout, ...path);

beforeEach(async () => {
  checkout = await mkdtemp(join(tmpdir(), 'ridethrough-checkout-'));
  for (const folder of ['bin', 'scripts', 'node_modules/electron']) await mkdir(at(folder), { recursive: true });
  await writeFile(at('package.json'), '{}');
  await writeFile(at('scripts/build.ts'), BUILD);
  await writeFile(at('node_modules/electron/package.json'), '{"version":"1.2.3"}');
  for (const name of ['ridethrough.mjs', 'build.mjs', 'start.mjs']) {
    await copyFile(join(dirname(LAUNCHER), name), at('bin', name));
  }
});
afterEach(async () => {
  mirror?.close();
  mirror = undefined;
  await rm(checkout, { recursive: true, force: true });
});

function start(words: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<ProgramRun> {
  const { DISPLAY: _x, WAYLAND_DISPLAY: _wayland, ELECTRON_OVERRIDE_DIST_PATH: _dist, ...rest } = process.env;
  return runProgram(process.execPath, [at('bin', 'start.mjs'), ...words], { env: { ...rest, ...env } });
}

/** A program in place of Electron's. */
async function putElectron(script: string): Promise<NodeJS.ProcessEnv> {
  await mkdir(at('desktop'));
  await writeFile(at('desktop/electron'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return { DISPLAY: ':9', ELECTRON_OVERRIDE_DIST_PATH: at('desktop') };
}

test.runIf(process.platform === 'linux')(
  'without a screen the browser shows it, and the reason is one line',
  async () => {
    expect(await start(['--demo'])).toEqual({
      status: 0,
      stdout: 'program serve --open --demo\n',
      stderr: IN_BROWSER('there is no screen'),
    });
    expect((await readFile(at('builds'), 'utf8')).split(' ').sort()).toEqual(['', 'headless', 'renderer']);
  },
);

test.runIf(process.platform === 'linux')('with a screen and Electron the desktop app is opened', async () => {
  const env = await putElectron('echo "desktop $*"');
  expect(await start(['--demo'], env)).toEqual({
    status: 0,
    stdout: `desktop ${at('dist/electron/main.mjs')} --demo\n`,
    stderr: '',
  });
});

test.runIf(process.platform === 'linux')('an Electron that cannot run here is followed by the browser', async () => {
  const env = await putElectron('echo "missing library" >&2; exit 127');
  expect(await start(['--demo'], env)).toEqual({
    status: 0,
    stdout: 'program serve --open --demo\n',
    stderr: `missing library\n${IN_BROWSER('the desktop app cannot run here (exit status 127)')}`,
  });
});

test.runIf(process.platform === 'linux')('a download that would fail is not begun', async () => {
  await writeFile(at('node_modules/electron/install.js'), 'console.log("fetching")');
  const asked: (string | undefined)[] = [];
  mirror = createServer((request, response) => {
    asked.push(request.url);
    response.writeHead(403).end();
  });
  await new Promise<void>((resolve) => mirror?.listen(0, '127.0.0.1', resolve));
  const { port } = mirror.address() as AddressInfo;
  expect(await start([], { DISPLAY: ':9', npm_config_electron_mirror: `http://127.0.0.1:${port}/` })).toEqual({
    status: 0,
    stdout: 'program serve --open\n',
    stderr: IN_BROWSER('Electron is not installed and cannot be fetched from here'),
  });
  expect(asked).toEqual([`/v1.2.3/electron-v1.2.3-linux-${process.arch}.zip`]);
});

test('without "npm ci" it says what to do', async () => {
  await writeFile(at('scripts/build.ts'), 'import "vite";');
  const { status, stderr } = await start([]);
  expect(status).toBe(1);
  expect(stderr).toMatch(/^ridethrough: .* Run "npm ci" in .*\n$/m);
});
