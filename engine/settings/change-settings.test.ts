import { describe, expect, test } from 'vitest';
import { changeSettings, type SettingChange } from './change-settings.ts';
import { checkSettings, describeFieldProblem } from './check-settings.ts';
import { keysOfSettings } from './setting-keys.ts';
import { meaningOf, primary, saidOf, secondary, textOf } from './test-support.ts';

describe('several UPSes', () => {
  const two = changeSettings(primary, [
    ['ups.1.identifier', 'second'],
    ['ups.1.driver', 'dummy-ups'],
    ['ups.1.port', '/x.dev'],
    ['ups.1.nocommwarntime', '20'],
    ['ups.1.hostsync', '90'],
    ['ups.1.powerdown', 'yes'],
    ['ups.1.shutdown', 'LOWBATT'],
  ]);

  test('are added by naming the next one, and each keeps an id of its own', () => {
    expect(two.settings.ups.map(({ identifier }) => identifier)).toEqual(['ups', 'second']);
    expect(new Set(two.settings.ups.map(({ id }) => id)).size).toBe(2);
    const renamed = changeSettings(two, [['ups.1.identifier', 'other']]);
    expect(renamed.settings.ups[1]?.id).toBe(two.settings.ups[1]?.id);
  });

  test('share what NUT has once: the most careful value', () => {
    const { conf, files } = meaningOf(two);
    expect(conf.upsmon).toMatchObject({ hostSync: 90, noCommWarnTime: 20, powerDownFlag: '/etc/killpower' });
    expect(conf.upsmon?.monitors.map(({ ups }) => ups)).toEqual(['ups', 'second']);
    expect(files['upssched.conf']).not.toContain('second');
  });

  test('one is taken away by an empty name; one of the same name, or one too far, is refused', () => {
    expect(changeSettings(two, [['ups.0.identifier', '']]).settings.ups.map((ups) => ups.identifier)).toEqual([
      'second',
    ]);
    expect(saidOf(two, [['ups.1.identifier', 'UPS']])).toMatch(/a name that no other UPS has/);
    expect(saidOf(two, [['ups.3.identifier', 'x']])).toMatch(
      /There is no UPS 3\. Add it by setting ups\.2\.identifier/,
    );
    expect(saidOf(two, [['ups.2.driver', 'x']])).toMatch(/There is no UPS 2/);
  });
});

describe('what belongs together', () => {
  test('the password that everybody knows is refused as soon as other computers may connect', () => {
    const known: SettingChange = ['server.monpwd', 'fixmepass'];
    expect(saidOf(primary, [known])).toBe('');
    const said = /server\.monpwd: everybody knows this password.*\(choose another password\)/;
    expect(saidOf(primary, [known, ['server.rmonitor', 'yes']])).toMatch(said);
    expect(saidOf(primary, [known, ['server.optionsupsd', 'LISTEN 192.0.2.1']])).toMatch(said);
    expect(saidOf(primary, [known, ['server.optionsupsd', 'LISTEN 127.0.0.9']])).toBe('');
    const users: SettingChange = ['server.extrausers', '[nas]\n password = fixmepass\n upsmon secondary\n'];
    expect(saidOf(primary, [users, ['server.rmonitor', 'yes']])).toMatch(/server\.extrausers: everybody knows/);
  });

  test('a line that was copied without its password is refused, and one that is sent back keeps it', () => {
    const said = /^ups\.0\.options, line 2: "\(set\)" stands for a password.*\(write the password itself\)$/;
    const overSnmp: readonly SettingChange[] = [
      ['ups.0.driver', 'snmp-ups'],
      ['ups.0.port', '192.0.2.7'],
    ];
    const copied: SettingChange = ['ups.0.options', 'pollinterval = 5\nauthPassword = (set)'];
    expect(saidOf(primary, [...overSnmp, copied])).toMatch(said);
    const known = changeSettings(primary, [...overSnmp, ['ups.0.options', 'authPassword = own']]);
    expect(saidOf(known, [copied])).toBe('');
    expect(changeSettings(known, [copied]).settings.ups[0]?.options).toContain('authPassword = own');
  });

  test('status mails need an address', () => {
    expect(saidOf(primary, [['ups.0.emailnotify', 'yes']])).toMatch(
      /toemail is not set, but ups\.0\.emailnotify is "true"/,
    );
  });

  test('warnings do not keep from saving: no mail server, no password of the other server, a command that is not run', () => {
    const mail = changeSettings(primary, [
      ['ups.0.emailnotify', 'yes'],
      ['ups.0.toemail', 'a@example.org'],
    ]);
    expect(checkSettings(mail.settings).map(describeFieldProblem)).toEqual([
      'ups.0.emailnotify: no mail server is set, so no mail can be sent (fill in the mail server (mail.host))',
    ]);
    const idle = changeSettings(primary, [
      ['ups.0.shutdownaction', 'hibernate'],
      ['ups.0.shutdowncmd', '/bin/down'],
    ]);
    expect(checkSettings(idle.settings).map(describeFieldProblem)).toEqual([
      'ups.0.shutdowncmd: the command is not run: the action is "Hibernate" (choose "Shut down" or "Only run the shutdown command" as the action, or leave the command empty)',
    ]);
    expect(meaningOf(idle).files['upsmon.conf']).toContain('SHUTDOWNCMD "/bin/systemctl hibernate"');
    const around = [
      ['ups.0.shutdownbefore', '/bin/before'],
      ['ups.0.shutdownafter', '/bin/after'],
    ] as const;
    const never = changeSettings(primary, [['ups.0.shutdownaction', 'nothing'], ...around]);
    expect(checkSettings(never.settings).map(describeFieldProblem)).toEqual(
      ['shutdownbefore', 'shutdownafter'].map(
        (key) =>
          `ups.0.${key}: the command is not run: the action is "Nothing" (choose another action, or leave the command empty)`,
      ),
    );
    expect(checkSettings(changeSettings(primary, around).settings)).toEqual([]);
    const open = changeSettings(secondary, [['ups.0.monpwd', '']]);
    expect(checkSettings(open.settings).map(describeFieldProblem)).toEqual([
      expect.stringMatching(/^ups\.0\.monpwd: without a password this computer cannot log in/),
    ]);
  });
});

test('a secondary whose command before may outlast the patience of its primary is told so, and can be saved', () => {
  const before: SettingChange = ['ups.0.shutdownbefore', '/bin/before'];
  const saidWith = (of: typeof primary, ...changes: readonly SettingChange[]) =>
    checkSettings(changeSettings(of, changes).settings).flatMap((problem) =>
      problem.path.includes('shutdownextratimeout') ? [`${problem.severity} ${describeFieldProblem(problem)}`] : [],
    );
  expect(saidWith(secondary, before, ['ups.0.shutdownextratimeout', '11'])).toEqual([
    'notice ups.0.shutdownextratimeout: the computer with the cable waits for this one as long as its Host Sync says (15 s unless set), and FINALDELAY with the command before may take 16 s (set a shorter time, or a longer Host Sync there)',
  ]);
  expect(saidWith(secondary, before, ['ups.0.shutdownextratimeout', '10'])).toEqual([]);
  expect(saidWith(secondary, ['ups.0.shutdownafter', '/bin/after'])).toEqual([]);
  expect(saidWith(secondary, before, ['ups.0.shutdownaction', 'nothing'])).toEqual([]);
  expect(saidWith(primary, before)).toEqual([]);
});

test('what is said twice is told by the lines of the field, or as another field', () => {
  const changes: readonly SettingChange[] = [
    ['ups.0.description', 'Office'],
    ['ups.0.options', 'pollfreq = 5\ndesc = Rack\npollfreq = 6'],
    ['server.optionsupsd', 'MAXAGE 20\n\nMAXAGE 25'],
  ];
  expect(checkSettings(changeSettings(primary, changes).settings).map(describeFieldProblem)).toEqual([
    'ups.0.options, line 2: desc is said by another field already; this line counts (remove the line)',
    'ups.0.options, line 3: pollfreq stands in line 1 already; this line counts (remove one of the two)',
    'server.optionsupsd, line 3: MAXAGE stands in line 1 already; this line counts (remove one of the two)',
  ]);
});

describe('channels', () => {
  const hook: readonly SettingChange[] = [
    ['alerts.channels.0.type', 'webhook'],
    ['alerts.channels.0.url', 'https://hooks.example/s3cret'],
  ];
  test('are added by their type, told by the keys their type has, and taken away by an empty one', () => {
    const added = changeSettings(primary, [
      ...hook,
      ['alerts.channels.1.type', 'mqtt'],
      ['alerts.channels.1.host', 'b'],
    ]);
    const keys = [...keysOfSettings(added.settings).keys()].filter((key) => key.startsWith('alerts.channels.'));
    const common = ['type', 'enabled', 'name', 'upses', 'least', 'except', 'quietFrom', 'quietTo'];
    const ofMqtt = ['host', 'port', 'security', 'caFile', 'user', 'password', 'topic', 'discovery'];
    expect(keys.toSorted()).toEqual(
      [
        ...[...common, 'url', 'token'].map((key) => `alerts.channels.0.${key}`),
        ...[...common, ...ofMqtt].map((key) => `alerts.channels.1.${key}`),
      ].toSorted(),
    );
    const removed = changeSettings(added, [['alerts.channels.0.type', '']]);
    expect(removed.settings.alerts.channels).toMatchObject([{ type: 'mqtt', host: 'b' }]);
    expect(removed.settings.alerts.channels[0]?.id).toBe(added.settings.alerts.channels[1]?.id);
  });

  test('keep what proves the right to send to themselves', () => {
    expect(textOf(changeSettings(primary, hook), 'alerts.channels.0.url')).toBe('(set)');
  });

  test.each([
    [[['alerts.channels.0.type', 'pigeon']], /one of ntfy, telegram/],
    [[['alerts.channels.1.type', 'slack']], /There is no channel 1\. Add it by setting alerts\.channels\.0\.type/],
    [
      [['alerts.channels.0.type', 'ntfy']],
      /alerts\.channels\.0\.topic is not set, but alerts\.channels\.0\.type is "ntfy"/,
    ],
    [[['alerts.channels.0.type', 'slack']], /alerts\.channels\.0\.url: needed/],
    [[...hook, ['alerts.channels.0.url', 'hooks.example']], /alerts\.channels\.0\.url: .*begins with https/],
    [[...hook, ['alerts.channels.0.topic', 'x']], /no setting "alerts\.channels\.0\.topic"/],
    [
      [
        ['alerts.channels.0.type', 'mqtt'],
        ['alerts.channels.0.host', 'b'],
        ['alerts.channels.0.topic', 'a/#'],
      ],
      /a topic/,
    ],
    [
      [
        ['alerts.channels.0.type', 'syslog'],
        ['alerts.channels.0.transport', 'udp'],
      ],
      /alerts\.channels\.0\.host is not set/,
    ],
  ] as const)('%j is refused', (changes, said) => {
    expect(saidOf(primary, changes)).toMatch(said);
  });
});
