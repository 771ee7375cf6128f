import { describe, expect, test } from 'vitest';
import { Settings } from '#domain/schema/settings/settings.ts';
import { commandOf, fieldsOfCommand, NO_COMMAND } from './shutdown-commands.ts';
import { toNutConf } from './settings-to-nut.ts';
import { NONE, notesOf, errorsOf, settingsOf, fromFiles } from './moving-test-support.ts';

describe("NUT's files", () => {
  const BASE = {
    'ups.conf': '[ups]\n driver = usbhid-ups\n port = auto\n desc = "My UPS"\n pollinterval = 10\n',
    'upsd.users':
      '[upsmon]\n password = pw\n upsmon primary\n[admin]\n password = a\n actions = SET\n instcmds = ALL\n',
    'upsmon.conf':
      'MONITOR ups@localhost 1 upsmon pw primary\nSHUTDOWNCMD "/sbin/shutdown -h +0"\nPOWERDOWNFLAG /etc/killpower\n',
  };

  test('become the form, to the letter where it has a field', async () => {
    const moved = await fromFiles(BASE);
    expect(moved.notes).toEqual([]);
    expect(settingsOf(moved)).toMatchObject({
      ups: [
        {
          identifier: 'ups',
          description: 'My UPS',
          options: 'pollinterval = "10"',
          shutdown: 'LOWBATT',
          shutdownaction: 'shutdown',
          shutdowncmd: '',
          powerdown: true,
        },
      ],
      server: {
        monuser: 'upsmon',
        monpwd: 'pw',
        users: [{ name: 'admin', password: 'a', actions: ['SET'], instcmds: ['ALL'], upsmon: 'none' }],
      },
    });
  });

  const SCHEDULE = 'NOTIFYCMD /sbin/upssched\nNOTIFYFLAG ONBATT EXEC\nNOTIFYFLAG ONLINE EXEC\n';
  test.each([
    [
      'of this UPS',
      'AT ONBATT ups@localhost START-TIMER shutdown 300\nAT ONLINE ups@localhost CANCEL-TIMER shutdown\n',
      300,
    ],
    ['of every UPS', 'AT ONBATT * START-TIMER early 60\nAT ONLINE * CANCEL-TIMER early\n', 60],
    [
      'named like a shutdown, before another',
      'AT ONBATT * START-TIMER warn 10\nAT ONLINE * CANCEL-TIMER warn\nAT ONBATT * START-TIMER upsgone-shutdown 90\nAT ONLINE * CANCEL-TIMER upsgone-shutdown\n',
      90,
    ],
    [
      'of another UPS',
      'AT ONBATT other@localhost START-TIMER shutdown 300\nAT ONLINE other@localhost CANCEL-TIMER shutdown\n',
      undefined,
    ],
    ['never cancelled', 'AT ONBATT * START-TIMER shutdown 300\n', undefined],
    ['of another notice', 'AT COMMBAD * START-TIMER shutdown 300\nAT ONLINE * CANCEL-TIMER shutdown\n', undefined],
  ])('a timer of upssched %s', async (_, schedule, seconds) => {
    const moved = await fromFiles({
      ...BASE,
      'upsmon.conf': BASE['upsmon.conf'] + SCHEDULE,
      'upssched.conf': schedule,
    });
    expect(settingsOf(moved).ups[0]).toMatchObject(
      seconds === undefined ? { shutdown: 'LOWBATT' } : { shutdown: 'BATT', shutdowntimer: seconds },
    );
    expect(notesOf(moved).some((note) => note.includes('taken for the time until the shutdown'))).toBe(
      seconds !== undefined,
    );
  });

  test('a timer that nothing starts counts for nothing', async () => {
    const moved = await fromFiles({
      ...BASE,
      'upssched.conf': 'AT ONBATT * START-TIMER s 5\nAT ONLINE * CANCEL-TIMER s\n',
    });
    expect(settingsOf(moved).ups[0]?.shutdown).toBe('LOWBATT');
  });

  test.each([
    ['/sbin/shutdown -h +0', 'shutdown', ''],
    ['systemctl hibernate', 'hibernate', ''],
    ['/sbin/shutdown -r now', 'restart', ''],
    ['/opt/bye; /sbin/shutdown -h +0', 'shutdown', '/opt/bye; /sbin/shutdown -h +0'],
    ['/sbin/shutdown -h +5', 'shutdown', '/sbin/shutdown -h +5'],
  ])('SHUTDOWNCMD "%s"', async (command, shutdownaction, shutdowncmd) => {
    const moved = await fromFiles({
      ...BASE,
      'upsmon.conf': `MONITOR ups 1 upsmon pw primary\nSHUTDOWNCMD "${command}"\n`,
    });
    expect(settingsOf(moved).ups[0]).toMatchObject({ shutdownaction, shutdowncmd });
  });

  test.each([
    [{ shutdownbefore: `echo 'a' "b" \\ c`, shutdownextratimeout: 7 }],
    [{ shutdownafter: "it's", shutdowncmd: `say 'bye' && x`, shutdownextratimeout: 3600 }],
    [{ shutdownbefore: 'a; b', shutdownafter: 'c', shutdownaction: 'restart' as const }],
  ])('commands around the action that an export wrote come back: %j', (change) => {
    const fields = { ...NO_COMMAND, ...change };
    const ups = Settings.parse({ ups: [{ id: 'a', identifier: 'ups', driver: 'x', port: 'x', ...fields }] }).ups[0];
    expect(fieldsOfCommand((ups && commandOf(ups)) ?? '')).toEqual(fields);
  });

  test.each([
    `timeout -k 5 0 sh -c 'a'; sh -c 'b'`,
    `timeout -k 5 9 sh -c 'a'; sh -c 'b' && timeout -k 5 8 sh -c 'c'`,
    `sh -c 'b'`,
    `timeout -k 5 9 sh -c 'a'; sh -c 'b' # mine`,
  ])('a line of somebody’s own stays as it is: %s', (command) => {
    expect(fieldsOfCommand(command)).toEqual({ ...NO_COMMAND, shutdowncmd: command });
  });

  test('a UPS that is only watched shuts nothing down, here neither', async () => {
    const moved = await fromFiles({
      'ups.conf': '[a]\n driver = demo\n port = x\n[b]\n driver = demo\n port = x\n[c]\n driver = demo\n port = x\n',
      'upsmon.conf': 'MONITOR a 1 m pw primary\nMONITOR b 0 m pw primary\nSHUTDOWNCMD x\n',
      'upsd.users': '[m]\n password = pw\n upsmon primary\n',
    });
    expect(settingsOf(moved).ups.map(({ shutdownaction }) => shutdownaction)).toEqual([
      'shutdown',
      'nothing',
      'nothing',
    ]);
  });

  test('UPSes of other servers come as those of a secondary', async () => {
    const moved = await fromFiles({
      'nut.conf': 'MODE=netclient\n',
      'upsmon.conf':
        'MONITOR ups@nas.example:3500 1 mon nas-pw secondary\nMONITOR ups@other 1 m pw slave\nSHUTDOWNCMD x\nHOSTSYNC 40\n',
    });
    expect(settingsOf(moved).ups).toMatchObject([
      {
        identifier: 'ups',
        mode: 'SLAVE',
        remotehost: 'nas.example',
        remoteport: 3500,
        monuser: 'mon',
        monpwd: 'nas-pw',
        hostsync: 40,
      },
    ]);
    expect(notesOf(moved)).toEqual([
      expect.stringMatching(/The UPS ups of other was left out: another one has that name/),
    ]);
    expect(settingsOf(moved).server).toEqual(NONE.server);
  });

  test('other addresses stay lines, and nothing is opened wider than it was', async () => {
    const moved = await fromFiles({
      ...BASE,
      'upsd.conf': 'LISTEN 127.0.0.1 3500\nLISTEN 192.0.2.1 3500\nLISTEN ::1 3501\nMAXAGE 20\nCERTFILE cert.pem\n',
    });
    const { server } = settingsOf(moved);
    expect(server).toMatchObject({ rmonitor: false, remoteport: 3500 });
    expect(toNutConf(settingsOf(moved)).conf.upsd).toMatchObject({ maxAge: 20, certFile: '/conf/cert.pem' });
    expect(toNutConf(settingsOf(moved)).conf.upsd.listen.map(({ address, port }) => `${address} ${port}`)).toEqual([
      '127.0.0.1 3500',
      '::1 3500',
      '192.0.2.1 3500',
      '::1 3501',
    ]);
  });

  test.each(['0.0.0.0', '*', '::'])('LISTEN %s is Remote Monitor', async (address) => {
    const { server } = settingsOf(await fromFiles({ ...BASE, 'upsd.conf': `LISTEN ${address}\nLISTEN 127.0.0.1\n` }));
    expect(server).toMatchObject({ rmonitor: true, remoteport: 3493, optionsupsd: '' });
  });

  test('files are named from their folder on', async () => {
    const moved = await fromFiles({
      'ups.conf':
        '[a]\n driver = dummy-ups\n port = a.dev\n[b]\n driver = usbhid-ups\n port = recording:r\n[c]\n driver = dummy-ups\n port = ups@nas\n',
    });
    expect(settingsOf(moved).ups.map(({ port }) => port)).toEqual(['/conf/a.dev', 'recording:/conf/r', 'ups@nas']);
    expect(notesOf(moved)).toEqual([expect.stringMatching(/No MONITOR line/)]);
  });

  test('what has no field is told', async () => {
    const moved = await fromFiles({
      ...BASE,
      'nut.conf': 'MODE=netserver\nPOWEROFF_WAIT=15m\n',
      'upsmon.conf': `${BASE['upsmon.conf']}MINSUPPLIES 1\nDEADTIME 30\nFINALDELAY 20\nNOTIFYMSG ONBATT "x"\nNOTIFYCMD /opt/tell\nCERTIDENT me secret\nMONITOR gone 1 upsmon pw primary\n`,
    });
    const said = notesOf(moved).join('\n');
    for (const part of [
      'POWEROFF_WAIT=15m',
      'DEADTIME 30',
      'FINALDELAY 20',
      'NOTIFYMSG',
      'NOTIFYCMD "/opt/tell"',
      '"CERTIDENT"',
      'MONITOR line for gone',
    ]) {
      expect(said).toContain(part);
    }
    expect(said).not.toContain('secret');
  });

  test('passwords that not every client can send are replaced, and that is told', async () => {
    const moved = await fromFiles({
      ...BASE,
      'upsd.users': '[upsmon]\n password = "two words"\n upsmon primary\n[admin]\n password = "a b"\n',
    });
    expect(errorsOf(moved)).toEqual([]);
    const { server } = settingsOf(moved);
    expect([server.monpwd, server.users[0]?.password]).toEqual(moved.made);
    expect(notesOf(moved).filter((note) => /^The password of (upsmon|admin) had characters/.test(note))).toHaveLength(
      2,
    );
  });

  test('a UPS of the same name keeps its id and what NUT has no word for; others stay', async () => {
    const before = Settings.parse({
      ups: [
        {
          id: 'kept',
          identifier: 'UPS',
          driver: 'demo',
          port: 'x',
          emailnotify: true,
          toemail: ['a@example.org'],
          shutdowncmd: 'old',
        },
        { id: 'other', identifier: 'other', driver: 'demo', port: 'x' },
      ],
      server: {
        monpwd: 'old',
        users: [
          { name: 'admin', password: 'old' },
          { name: 'guest', password: 'g' },
        ],
      },
      mail: { host: 'smtp.example.org' },
    });
    const settings = settingsOf(await fromFiles(BASE), before);
    expect(settings.ups).toMatchObject([
      {
        id: 'kept',
        identifier: 'ups',
        driver: 'usbhid-ups',
        emailnotify: true,
        toemail: ['a@example.org'],
        shutdowncmd: '',
      },
      { id: 'other' },
    ]);
    expect(settings.server).toMatchObject({
      monpwd: 'pw',
      users: [{ name: 'admin', password: 'a' }, { name: 'guest' }],
    });
    expect(settings.mail.host).toBe('smtp.example.org');
  });
});
