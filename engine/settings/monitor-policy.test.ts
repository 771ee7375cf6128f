import { describe, expect, test } from 'vitest';
import { monitorPolicyOf, type MonitorFiles } from './monitor-policy.ts';
import type { ConfFolder } from './nut-conf/conf-folder.ts';
import { readNutConf } from './nut-conf/read-nut-conf.ts';

const read = (files: Readonly<Record<string, string>>) => {
  const folder: ConfFolder = {
    pathOf: (name) => `/etc/nut/${name}`,
    read: (name) => {
      const text = files[name];
      return Promise.resolve(text === undefined ? undefined : { bytes: Buffer.from(text), isWorldReadable: false });
    },
  };
  return readNutConf(folder);
};
const policy = async (files: Readonly<Record<string, string>>, more?: MonitorFiles) =>
  monitorPolicyOf(await read(files), more);

const UPS = { 'ups.conf': '[ups]\n driver = dummy-ups\n port = x.dev\n' };

describe('the policy of NUT files', () => {
  test('is none without MONITOR lines: nothing acts', async () => {
    expect(await policy(UPS)).toBeUndefined();
    expect(await policy({ ...UPS, 'upsmon.conf': 'SHUTDOWNCMD "/sbin/shutdown -h +0"\n' })).toBeUndefined();
  });

  test.each([
    ['ups@localhost', '', 'local'],
    ['UPS@127.0.0.1', '', 'local'],
    ['ups@localhost:3500', 'LISTEN 127.0.0.1 3500', 'local'],
    ['ups@192.0.2.4', 'LISTEN 192.0.2.4', 'local'],
    ['ups@localhost:3500', '', 'remote'],
    ['other@localhost', '', 'remote'],
    ['ups@192.0.2.9', 'LISTEN 192.0.2.4', 'remote'],
  ])('%s with "%s" is %s', async (system, listen, kind) => {
    const made = await policy({ ...UPS, 'upsd.conf': listen, 'upsmon.conf': `MONITOR ${system} 1 u p primary\n` });
    expect(made?.supplies[0]).toMatchObject({ ups: system, source: { kind } });
  });

  test.each([
    ['', { tls: 'off', verify: false }],
    ['FORCESSL 1', { tls: 'require', verify: false }],
    ['CERTVERIFY 1', { tls: 'try', verify: true, ca: 'CA' }],
    ['CERTFILE mine.pem', { tls: 'try', verify: false, identity: { pem: 'MINE' } }],
    ['CERTFILE mine.pem\nCERTIDENT me secret', { identity: { pem: 'MINE', password: 'secret' } }],
    ['CERTHOST NAS "UPS server" 1 1', { tls: 'require', verify: true, certificateName: 'UPS server' }],
    ['FORCESSL 1\nCERTVERIFY 1\nCERTHOST nas nas 0 0', { tls: 'try', verify: false }],
    ['CERTHOST other other 1 1', { tls: 'off', verify: false }],
  ])('encrypts as "%s" says', async (lines, source) => {
    const conf = `MONITOR ups@nas 1 u p secondary\nSHUTDOWNCMD true\n${lines}\n`;
    const files = {
      ...(lines.includes('CERTVERIFY 1') ? { authorities: 'CA' } : {}),
      ...(lines.includes('CERTFILE') ? { certificate: 'MINE' } : {}),
    };
    expect((await policy({ 'upsmon.conf': conf }, files))?.supplies[0]?.source).toMatchObject(source);
  });

  test('has the order in which UPSes of this computer are switched off', async () => {
    const section = (name: string, line: string): string => `[${name}]\n driver = demo\n port = auto\n ${line}\n`;
    const made = await policy({
      'ups.conf': section('a', 'sdorder = 3') + section('b', '') + section('c', 'sdorder = -1'),
      'upsmon.conf': ['a', 'b', 'c'].map((name) => `MONITOR ${name}@localhost 1 u p primary\n`).join(''),
    });
    expect(made?.supplies.map(({ powerOffOrder }) => powerOffOrder)).toEqual([3, 0, -1]);
  });

  test('has what the file says', async () => {
    const made = await policy(
      {
        'upsmon.conf': [
          'MONITOR ups@nas 2 user "pass word" secondary',
          'MINSUPPLIES 2',
          'SHUTDOWNCMD "/bin/down now"',
          'SHUTDOWNEXIT 20',
          'POWERDOWNFLAG /etc/killpower',
          'HOSTSYNC 25',
          'NOTIFYCMD /usr/bin/notify',
          'NOTIFYFLAG ONBATT EXEC',
          'FORCESSL 1',
          'CERTVERIFY 1',
        ].join('\n'),
      },
      { authorities: 'PEM' },
    );
    expect(made).toMatchObject({
      supplies: [
        {
          role: 'secondary',
          powerValue: 2,
          source: {
            host: 'nas',
            port: 3493,
            user: 'user',
            password: 'pass word',
            tls: 'require',
            verify: true,
            ca: 'PEM',
          },
          rules: { mode: 'low-battery' },
        },
      ],
      minSupplies: 2,
      hostSync: 25,
      action: { kind: 'command', command: '/bin/down now' },
      logOut: 20,
      powerOff: { isWanted: true, delay: 'measured' },
      powerDownFlag: '/etc/killpower',
      notices: { notifyCmd: ['/usr/bin/notify'], notifyFlag: { ONBATT: ['EXEC'] } },
    });
  });

  test('does nothing at the end without SHUTDOWNCMD', async () => {
    expect((await policy({ 'upsmon.conf': 'MONITOR ups@nas 1 u p secondary\n' }))?.action).toEqual({ kind: 'nothing' });
  });

  test('does upssched itself, and only where NOTIFYCMD asks for it', async () => {
    const upssched = { 'upssched.conf': 'CMDSCRIPT /x\nAT ONBATT * EXECUTE y\n' };
    const with_ = (cmd: string) =>
      policy({ ...upssched, 'upsmon.conf': `MONITOR ups@nas 1 u p secondary\nNOTIFYCMD ${cmd}\n` });
    expect((await with_('/sbin/upssched'))?.notices).toMatchObject({ upssched: { cmdScript: ['/x'] } });
    expect((await with_('/sbin/upssched'))?.notices.notifyCmd).toBeUndefined();
    expect((await with_('/sbin/other'))?.notices).toMatchObject({ notifyCmd: ['/sbin/other'] });
  });

  test('takes CERTHOST for the host it names', async () => {
    const made = await policy({
      'upsmon.conf': 'MONITOR ups@nas 1 u p secondary\nMONITOR ups@pi 1 u p secondary\nCERTHOST nas "NAS" 1 1\n',
    });
    expect(made?.supplies.map(({ source }) => source)).toMatchObject([
      { tls: 'require', verify: true },
      { tls: 'off', verify: false },
    ]);
  });
});
