import { describe, expect, test } from 'vitest';
import { textIn } from '#domain/messages/message.ts';
import { findNeighbours, upowerNeighbour, type RunningProgram } from './neighbours.ts';

const OWN = 100;
const program = (name: string, more: Partial<RunningProgram> = {}): RunningProgram => ({
  pid: 7,
  parent: 1,
  name,
  command: name,
  ...more,
});
const find = (...programs: readonly RunningProgram[]) =>
  findNeighbours(programs, OWN, (running) => `sudo kill ${running.map(({ pid }) => pid).join(' ')}`).map(
    ({ title, effect, command }) => [title, effect.phrase.replace('neighbour.', ''), command],
  );

describe('programs that get in the way', () => {
  test.each([
    [program('upsd', { unit: 'nut-server.service' }), 'NUT upsd', 'serves', 'nut-server.service'],
    [program('upsmon', { unit: 'nut-monitor.service' }), 'NUT upsmon', 'shuts-down', 'nut-monitor.service'],
    [
      program('usbhid-ups', { unit: 'nut-driver@ups.service' }),
      'NUT usbhid-ups',
      'holds-unit',
      'nut-driver.target nut-driver@ups.service',
    ],
    [program('apcupsd', { unit: 'apcupsd.service' }), 'apcupsd', 'holds-unit-and-shuts-down', 'apcupsd.service'],
    [
      program('pwrstatd', { unit: 'pwrstatd.service' }),
      'CyberPower PowerPanel',
      'holds-unit-and-shuts-down',
      'pwrstatd.service',
    ],
  ])('the service %j', (running, title, effect, units) => {
    expect(find(running)).toEqual([[title, effect, `sudo systemctl disable --now ${units}`]]);
  });

  test.each([
    ['java', '/opt/APC/PowerChute/jre/bin/java -jar pcns.jar', 'APC PowerChute'],
    ['java', 'java -cp /opt/ViewPower/lib upspilot', 'ViewPower'],
    ['WinNUT-Client', 'WinNUT-Client.exe', 'WinNUT'],
    ['ppbed', '/usr/sbin/ppbed', 'CyberPower PowerPanel'],
  ])('%s, called as %s', (name, command, title) => {
    expect(find(program(name, { command }))).toEqual([[title, expect.any(String), 'sudo kill 7']]);
  });

  test.each([
    ['a shell that names one', program('bash', { command: 'bash -c "less /opt/PowerChute/readme"' })],
    ['an editor with its manual', program('less', { command: 'less powerpanel.txt' })],
    ['a driver whose name others bear', program('clone')],
    ['anything else', program('firefox')],
    ['upowerd, which reads along', program('upowerd')],
  ])('not %s', (_, running) => {
    expect(find(running)).toEqual([]);
  });

  test('a driver that this program started is none, however deep', () => {
    const launcher = program('sh', { pid: 101, parent: OWN });
    // Its parent stands behind it in the list.
    const driver = program('nutdrv_qx', { pid: 102, parent: 101 });
    expect(find(driver, launcher)).toEqual([]);
    expect(find(driver)).toHaveLength(1);
  });

  test('several processes of one service are one neighbour, two services are two', () => {
    const upsmon = program('upsmon', { unit: 'nut-monitor.service' });
    expect(find(upsmon, { ...upsmon, pid: 8 })).toHaveLength(1);
    // Where no service is to be stopped, all of them are to be ended.
    expect(find(program('upsmon'), program('upsmon', { pid: 8 }))).toEqual([
      ['NUT upsmon', 'shuts-down', 'sudo kill 7 8'],
    ]);
    const driver = (ups: string) => program('usbhid-ups', { unit: `nut-driver@${ups}.service` });
    expect(find(driver('a'), driver('b'))).toHaveLength(2);
  });
});

describe('the action of UPower', () => {
  test('is in the way where it comes early, with the limit in the sentence', () => {
    const found = upowerNeighbour('[UPower]\nPercentageAction=20\nCriticalPowerAction=PowerOff\n');
    expect(textIn(found?.effect)).toContain('at 20 %');
    expect(found?.command).toContain('PercentageAction=2');
  });

  test.each([
    '',
    'PercentageAction=2\n',
    '# PercentageAction=20\n',
    'PercentageAction=20\nCriticalPowerAction=Ignore\n',
  ])('is not with %j', (conf) => {
    expect(upowerNeighbour(conf)).toBeUndefined();
  });
});
