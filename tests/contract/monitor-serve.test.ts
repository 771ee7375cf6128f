/** `serve` with upsmon.conf and upssched.conf, as a NUT user would swap upsmon for it. */
import { chmod, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { askOnce } from '#tests/support/nut-upsd.ts';
import { ensurePrograms } from '#tests/support/programs.ts';
import { runProgram } from '#tests/support/run-program.ts';
import {
  createNutFolder,
  startProgram,
  until,
  type NutFolder,
  type RunningProgram,
} from '#tests/support/served-program.ts';

const CLI = fileURLToPath(new URL('../../headless/cli.ts', import.meta.url));
const UPSMON = '/lib/nut/upsmon';
const found = await ensurePrograms([{ program: UPSMON, package: 'nut-client' }]);
/** `upsmon -c fsd` looks for its PID file in one place only; here that place is a folder of the test's. */
const canBind =
  process.getuid?.() === 0 &&
  (await runProgram('unshare', ['--mount', 'mount', '--bind', '/tmp', '/run/nut'])).status === 0;

const NOTICES = 'ONLINE ONBATT LOWBATT FSD COMMOK COMMBAD SHUTDOWN NOCOMM';

let folder: NutFolder | undefined;
let program: RunningProgram | undefined;
afterEach(async () => {
  await program?.end();
  await folder?.remove();
});

async function serve(upsmonConf: string, more: Readonly<Record<string, string>> = {}): Promise<NutFolder> {
  const made = await createNutFolder({
    'ups.conf': '[ups]\n driver = dummy-ups\n port = CONF_DIR/ups.dev\n pollinterval = 0.2\n',
    'ups.dev': 'ups.status: OL\n',
    'upsmon.conf': `MONITOR ups@localhost:PORT 1 u p primary\nFINALDELAY 0\n${upsmonConf}\n`,
    script: '#!/bin/sh\necho "$1 $NOTIFYTYPE $UPSNAME" >> CONF_DIR/ran\n[ "$1" = out ] && CONF_DIR/fsd\nexit 0\n',
    fsd: '#!/bin/sh\nkill -USR1 "$RIDETHROUGH_PID"\n',
    ...more,
  });
  folder = made;
  const text = await readFile(join(made.conf, 'upsmon.conf'), 'utf8');
  await made.write('upsmon.conf', text.replace('PORT', String(made.port)));
  await Promise.all(['script', 'fsd'].map((name) => chmod(join(made.conf, name), 0o755)));
  program = startProgram(['serve', '--nut-conf', made.conf, '--data-dir', made.data, '--no-web'], {
    command: [process.execPath, CLI],
    env: { RIDETHROUGH_NO_POWER: '1', NUT_PIDPATH: made.conf },
  });
  await program.ready();
  await program.logged('is on mains power');
  return made;
}

const fileOf = (name: string): Promise<string> => readFile(join(folder?.conf ?? '', name), 'utf8').catch(() => '');

describe('serve with upsmon.conf', () => {
  test('sets FSD and runs SHUTDOWNCMD when the battery is low', async () => {
    const made = await serve('SHUTDOWNCMD "echo down >> CONF_DIR/down"');
    await made.write('ups.dev', 'ups.status: OB LB\n');
    await until('down', async () => (await fileOf('down')) === 'down\n');
    expect(await askOnce(made.port, 'GET VAR ups ups.status')).toBe('VAR ups ups.status "FSD OB LB"\n');
    await program?.logged('The shutdown action was carried out.');
  });

  test('never runs a command that would really shut this computer down, under test', async () => {
    const made = await serve('SHUTDOWNCMD "/sbin/shutdown -h +0"');
    await program?.logged('This computer could not be shut down');
    await made.write('ups.dev', 'ups.status: OB LB\n');
    await program?.logged('The shutdown action failed (No real power action under test: /sbin/shutdown -h +0.)');
  });

  test('does nothing without a MONITOR line', async () => {
    const made = await createNutFolder({
      'ups.conf': '[ups]\n driver = dummy-ups\n port = CONF_DIR/ups.dev\n pollinterval = 0.2\n',
      'ups.dev': 'ups.status: OB LB\n',
      'upsmon.conf': 'SHUTDOWNCMD "echo down >> CONF_DIR/down"\n',
    });
    folder = made;
    program = startProgram(['serve', '--nut-conf', made.conf, '--data-dir', made.data, '--no-web'], {
      command: [process.execPath, CLI],
      env: { RIDETHROUGH_NO_POWER: '1', NUT_PIDPATH: made.conf },
    });
    await program.ready();
    await until('OB LB', async () => (await askOnce(made.port, 'GET VAR ups ups.status')).includes('OB LB'));
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    expect(await fileOf('down')).toBe('');
    expect(program.stderr()).not.toContain('hutdown begins');
    expect(await fileOf('upsmon.pid')).toBe('');
  });

  const upssched = (script: string) => ({
    'upssched.conf': `CMDSCRIPT CONF_DIR/${script}\nAT ONBATT * START-TIMER out 2\nAT ONLINE * CANCEL-TIMER out back\n`,
  });
  const withUpssched = [
    'NOTIFYCMD /sbin/upssched',
    ...NOTICES.split(' ').map((type) => `NOTIFYFLAG ${type} SYSLOG+EXEC`),
    'SHUTDOWNCMD "echo down >> CONF_DIR/down"',
  ].join('\n');

  test('does what upssched.conf says: a timer that is cancelled, one that runs out and forces the shutdown', async () => {
    const made = await serve(withUpssched, upssched('script'));
    await made.write('ups.dev', 'ups.status: OB\n');
    await program?.logged('on battery');
    await made.write('ups.dev', 'ups.status: OL\n');
    await program?.logged('on line power');
    expect(await fileOf('ran')).toBe('');
    await made.write('ups.dev', 'ups.status: OB\n');
    await until('down', async () => (await fileOf('down')) === 'down\n');
    expect(await fileOf('ran')).toBe(`out ONBATT ups@localhost:${made.port}\n`);
  });

  test.skipIf(!found.ok || !canBind)('is reached by `upsmon -c fsd` of a script, as by NUT', async () => {
    const fsd = `#!/bin/sh\nunshare --mount sh -c 'mount --bind CONF_DIR /run/nut && exec ${UPSMON} -c fsd'\n`;
    const made = await serve(withUpssched, { ...upssched('script'), fsd });
    await made.write('ups.dev', 'ups.status: OB\n');
    await until('down', async () => (await fileOf('down')) === 'down\n');
    expect(await fileOf('upsmon.pid')).toBe(`${program?.pid ?? ''}\n`);
    await program?.end();
    expect(await fileOf('upsmon.pid')).toBe('');
  });

  test('takes up a changed upsmon.conf on SIGHUP and keeps what it knows', async () => {
    const made = await serve('SHUTDOWNCMD "echo first >> CONF_DIR/down"');
    const text = await fileOf('upsmon.conf');
    await made.write('upsmon.conf', text.replace('echo first', 'echo second'));
    program?.child.kill('SIGHUP');
    await program?.logged('Configuration read again');
    await made.write('ups.dev', 'ups.status: OB LB\n');
    await until('down', async () => (await fileOf('down')) === 'second\n');
  });
});
