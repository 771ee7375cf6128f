import { describe, expect, test } from 'vitest';
import { readText } from './test-support.ts';
import { readUpsmonConf, UPSMON_DEFAULTS, writeUpsmonConf } from './upsmon-conf.ts';

const read = (text: string) => readText(readUpsmonConf, 'upsmon.conf', text);
const GOOD = 'MONITOR ups@localhost 1 mon secret primary\nSHUTDOWNCMD "/sbin/shutdown -h +0"\n';

describe('upsmon.conf', () => {
  test('a usual file is read without a word', () => {
    const { result, told } = read(GOOD);
    expect(told).toEqual([]);
    expect(result).toEqual({
      ...UPSMON_DEFAULTS,
      monitors: [
        {
          ups: 'ups',
          host: 'localhost',
          port: 3493,
          powerValue: 1,
          user: 'mon',
          password: 'secret',
          role: 'primary',
          origin: { file: 'upsmon.conf', line: 1, system: 'ups@localhost' },
        },
      ],
      shutdownCmd: '/sbin/shutdown -h +0',
    });
  });

  test('every directive is read', () => {
    const { result, told } = read(
      [
        GOOD.trim(),
        'MONITOR big@[fe80::1]:3500 2 mon "p w" SLAVE',
        'MINSUPPLIES 2',
        'SHUTDOWNEXIT 15',
        'NOTIFYCMD /usr/sbin/notify --from ups',
        'NOTIFYMSG ONBATT "%s: on battery"',
        'NOTIFYFLAG ONBATT SYSLOG+EXEC',
        'NOTIFYFLAG ONLINE IGNORE',
        'POLLFREQ 6',
        'POLLFREQALERT 3',
        'POLLFAIL_LOG_THROTTLE_MAX 10',
        'HOSTSYNC 20',
        'DEADTIME 25',
        'RBWARNTIME 100',
        'NOCOMMWARNTIME 200',
        'FINALDELAY 0',
        'POWERDOWNFLAG "/etc/killpower"',
        'OFFDURATION -1',
        'OBLBDURATION 7',
        'OVERDURATION 8',
        'ALARMCRITICAL 0',
        'RUN_AS_USER nut',
        'FORCESSL 1',
        'CERTVERIFY 1',
        'CERTPATH /c',
        'CERTFILE /f',
        'CERTIDENT me pass',
        'CERTHOST nas "NAS cert" 1 0',
        'DEBUG_MIN 1',
      ].join('\n'),
    );
    expect(told).toEqual([
      'notice upsmon.conf:23: RUN_AS_USER is accepted and has no effect: one program does all, as the user it was started by (nothing to do)',
      'notice upsmon.conf:30: DEBUG_MIN is accepted and has no effect: what upsd.conf says of it holds for the whole program (nothing to do)',
    ]);
    expect(result).toMatchObject({
      monitors: [
        { ups: 'ups' },
        { ups: 'big', host: 'fe80::1', port: 3500, powerValue: 2, password: 'p w', role: 'secondary' },
      ],
      minSupplies: 2,
      shutdownExit: 15,
      notifyCmd: ['/usr/sbin/notify', '--from', 'ups'],
      notifyMsg: { ONBATT: '%s: on battery' },
      notifyFlag: { ONBATT: ['SYSLOG', 'EXEC'], ONLINE: ['IGNORE'] },
      pollFreq: 6,
      pollFreqAlert: 3,
      pollFailLogThrottleMax: 10,
      hostSync: 20,
      deadTime: 25,
      rbWarnTime: 100,
      noCommWarnTime: 200,
      finalDelay: 0,
      powerDownFlag: '/etc/killpower',
      offDuration: -1,
      oblbDuration: 7,
      overDuration: 8,
      alarmCritical: false,
      runAsUser: 'nut',
      forceSsl: true,
      certVerify: true,
      certPath: '/c',
      certFile: '/f',
      certIdent: { name: 'me', password: 'pass' },
      certHosts: [{ host: 'nas', certName: 'NAS cert', isVerified: true, isForced: false }],
      debugMin: 1,
    });
  });

  test('words of SHUTDOWNCMD beyond the first reach the shell in single quotes', () => {
    expect(read(`${GOOD}SHUTDOWNCMD "/bin/a b" c "d e" it's\n`).result.shutdownCmd).toBe(
      `/bin/a b 'c' 'd e' 'it'\\''s'`,
    );
  });

  test.each([
    ['SHUTDOWNEXIT yes', 'yes'],
    ['SHUTDOWNEXIT NO', 'no'],
    ['SHUTDOWNEXIT 0', 0],
    ['SHUTDOWNEXIT 1', 1],
  ])('%s means %s', (line, expected) => {
    expect(read(`${GOOD}${line}\n`).result.shutdownExit).toBe(expected);
  });

  test.each([
    [
      'the old form without a user',
      'MONITOR ups@localhost 1 secret primary',
      'MONITOR without a user is no longer possible (write MONITOR ups@host 1 user password primary (or secondary))',
    ],
    [
      'too few words',
      'MONITOR ups@localhost 1',
      'MONITOR needs five words (write MONITOR ups@host 1 user password primary (or secondary))',
    ],
    [
      'a system that names no UPS',
      'MONITOR @host 1 mon pw primary',
      '@host does not name a UPS on a server (write ups, ups@host or ups@host:port, an IPv6 address in brackets)',
    ],
    [
      'a power value that is no number',
      'MONITOR a@b one mon pw primary',
      'the power value of MONITOR cannot be "one" (write a whole number)',
    ],
    [
      'a negative power value',
      'MONITOR a@b -1 mon pw primary',
      'the power value of MONITOR cannot be "-1" (write a whole number)',
    ],
    [
      'an unknown role',
      'MONITOR a@b 1 mon pw boss',
      'the role of MONITOR cannot be "boss" (write primary or secondary)',
    ],
  ])('a MONITOR line with %s is an error and is left out', (_, line, problem) => {
    const { result, told } = read(`${GOOD}${line}\n`);
    expect(result.monitors).toHaveLength(1);
    expect(told).toEqual([`error upsmon.conf:3: ${problem}`]);
  });

  test('a UPS that two lines watch is watched once', () => {
    const { result, told } = read(`${GOOD}MONITOR UPS 5 mon other secondary\n`);
    expect(result.monitors).toHaveLength(1);
    expect(told).toEqual([
      'warning upsmon.conf:3: UPS is watched by line 1 already; this line is ignored (remove one of the two)',
    ]);
  });

  test('power values that cannot reach MINSUPPLIES are an error', () => {
    expect(read(`${GOOD}MINSUPPLIES 2\n`).told).toEqual([
      'error upsmon.conf:1: all MONITOR lines together give 1, MINSUPPLIES asks for 2 ' +
        '(raise the power value of a MONITOR line, or lower MINSUPPLIES)',
    ]);
    expect(read(`${GOOD}MONITOR b@c 1 mon pw primary\nMINSUPPLIES 2\n`).told).toEqual([]);
    expect(read('MONITOR a@b 0 m p primary\nSHUTDOWNCMD x\nMINSUPPLIES 0\n').told).toEqual([]);
  });

  test('a file that watches nothing, or could not shut down, is told', () => {
    expect(read('POLLFREQ 5\n').told[0]).toMatch(/^warning upsmon\.conf:1: no MONITOR line/);
    expect(read('MONITOR a@b 1 m p primary\n').told).toEqual([
      'warning upsmon.conf:1: no SHUTDOWNCMD: this computer would not be shut down (add SHUTDOWNCMD "/sbin/shutdown -h +0")',
    ]);
  });

  test.each([
    ['NOTIFYFLAG ONBAT SYSLOG', 'NOTIFYFLAG has no notice ONBAT; the line is skipped (write ONBATT if that is meant)'],
    [
      'NOTIFYMSG LUNCH "soup"',
      'NOTIFYMSG has no notice LUNCH; the line is skipped (check its spelling and its capitals)',
    ],
    ['NOTIFYMSG', 'NOTIFYMSG needs a value (write the value behind it)'],
    ['NOTIFYMSG ONBATT', 'NOTIFYMSG ONBATT needs a value (write the value behind it)'],
    [
      'NOTIFYFLAG ONBATT syslog',
      'NOTIFYFLAG cannot be "syslog" (write IGNORE, or one or more of SYSLOG, WALL and EXEC joined by +)',
    ],
    [
      'NOTIFYFLAG ONBATT',
      'NOTIFYFLAG cannot be "" (write IGNORE, or one or more of SYSLOG, WALL and EXEC joined by +)',
    ],
    ['SHUTDOWNEXIT later', 'SHUTDOWNEXIT cannot be "later" (write yes, no or a number of seconds)'],
    ['CERTHOST nas cert', 'CERTHOST cannot be "nas cert" (write a host, a certificate name, and 0 or 1 twice)'],
    ['HOSTSYNC -1', 'HOSTSYNC cannot be "-1" (write a whole number)'],
    ['NOTIFYCMD', 'NOTIFYCMD needs a value (write the value behind it)'],
  ])('%s changes nothing and is told', (line, problem) => {
    const { result, told } = read(`${GOOD}${line}\n`);
    expect(result).toEqual(read(GOOD).result);
    // A notice that is not known may be one of a newer NUT.
    const severity = problem.includes('no notice') || problem.includes('not known') ? 'warning' : 'error';
    expect(told).toEqual([`${severity} upsmon.conf:3: ${problem}`]);
  });

  test('a quote that is not closed is told where it begins', () => {
    const { told } = read('SHUTDOWNCMD "/sbin/shutdown\nMONITOR ups@localhost 1 mon secret primary\n');
    expect(told[0]).toMatch(/^error upsmon\.conf:1: /);
    expect(told.join('\n')).toContain(
      'upsmon.conf:1: a quote that begins here is not closed on its line and swallows what follows (close it with ")',
    );
  });

  test('what is as upsmon has it anyway is not written', () => {
    expect(writeUpsmonConf(UPSMON_DEFAULTS)).toBe('');
  });
});
