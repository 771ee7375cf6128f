import { describe, expect, test } from 'vitest';
import { findNeighbours, type RunningProgram } from './neighbours.ts';

const OWN = 100;
const program = (name: string, more: Partial<RunningProgram> = {}): RunningProgram => ({
  pid: 7,
  parent: 1,
  name,
  command: name,
  ...more,
});
const find = (...programs: readonly RunningProgram[]) => findOn('linux', ...programs);
const findOn = (platform: NodeJS.Platform, ...programs: readonly RunningProgram[]) =>
  findNeighbours(programs, OWN, platform).map(({ title, effect, command }) => [
    title,
    effect.phrase.replace('neighbour.', ''),
    command,
  ]);

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
    [
      program('usbhid-ups', { unit: 'nut-driver@my\\x2dups.service' }),
      'NUT usbhid-ups',
      'holds-unit',
      String.raw`nut-driver.target 'nut-driver@my\x2dups.service'`,
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
    ['java', '/opt/APC/PowerChuteSerialShutdown/Agent/jre/bin/java -jar agent.jar', 'APC PowerChute'],
    ['java', 'java -cp /opt/ViewPower/lib upspilot', 'ViewPower'],
    ['WinNUT-Client', 'WinNUT-Client.exe', 'WinNUT'],
    ['ppbed', '/usr/sbin/ppbed', 'CyberPower PowerPanel'],
    ['ppped', 'ppped.exe', 'CyberPower PowerPanel'],
    ['PowerPanel Personal', 'PowerPanel Personal.exe', 'CyberPower PowerPanel'],
    ['java', '/opt/APC/PowerChute/group1/jre/bin/java -cp pcns.jar Main', 'APC PowerChute Network Shutdown'],
    ['mainserv', 'mainserv.exe', 'APC PowerChute'],
    ['mc2', '/usr/local/Eaton/IntelligentPowerProtector/mc2', 'Eaton Intelligent Power Protector'],
    ['java', 'java -jar /Applications/PowerAlert/pal.jar', 'Tripp Lite PowerAlert'],
    ['ViewPower', 'ViewPower.exe', 'ViewPower'],
    ['WinpowerTray', 'WinpowerTray.exe', 'WinPower'],
    ['UPSMON Plus', 'UPSMON Plus.exe', 'Powercom UPSMON'],
    ['upsmon', 'upsmon.exe', 'NUT upsmon'],
  ])('%s, called as %s', (name, command, title) => {
    expect(find(program(name, { command }))).toEqual([[title, expect.any(String), 'sudo kill 7']]);
  });

  test('on Windows services are stopped and kept from starting, programs are ended', () => {
    const service = program('ppped', { command: 'ppped.exe PPService', unit: 'PPService' });
    expect(findOn('win32', service)[0]?.[2]).toBe(
      `powershell -Command "Stop-Service -Force 'PPService'; Set-Service 'PPService' -StartupType Disabled"`,
    );
    expect(findOn('win32', program('WinNUT-Client'))[0]?.[2]).toBe('taskkill /f /im "WinNUT-Client.exe"');
    const agent = (name: string) => program('agent', { command: `agent.exe ${name}`, unit: name });
    expect(findOn('win32', agent('APCPBEAgent'), agent('PCNS1')).map(([title]) => title)).toEqual([
      'APC PowerChute',
      'APC PowerChute Network Shutdown',
    ]);
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

  test('Ridethrough that runs as a service is none, and neither are its drivers', () => {
    const driver = program('usbhid-ups', { pid: 202, parent: 201 });
    const service = program('node', { pid: 201, command: 'node /opt/app/cli.mjs serve', unit: 'ridethrough.service' });
    const byHand = program('node', { pid: 201, command: 'node /home/me/ridethrough/bin/start.mjs serve' });
    expect(find(driver, service)).toEqual([]);
    expect(find(driver, byHand)).toEqual([]);
    const upsd = program('upsd', { command: 'upsd -c /etc/ridethrough' });
    expect(find(driver, upsd, program('node', { pid: 201, command: 'node /srv/shop.js' }))).toHaveLength(2);
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
