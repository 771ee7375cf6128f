import { describe, expect, test } from 'vitest';
import { fromApcupsdConf } from './apcupsd-to-settings.ts';
import { type Moved } from './move-in.ts';
import { notesOf, errorsOf, settingsOf } from './moving-test-support.ts';

describe('apcupsd', () => {
  /** As Debian's package brings it. */
  const SHIPPED = `## apcupsd.conf v1.1 ##
UPSCABLE smart
UPSTYPE apcsmart
DEVICE /dev/ttyS0
LOCKFILE /var/lock
SCRIPTDIR /etc/apcupsd
ONBATTERYDELAY 6
BATTERYLEVEL 5
MINUTES 3
TIMEOUT 0
ANNOY 300
KILLDELAY 0
NETSERVER on
NISIP 127.0.0.1
NISPORT 3551
`;
  const read = (text: string): Moved => fromApcupsdConf(text, '/etc/apcupsd/apcupsd.conf');

  test('as it is shipped', () => {
    const moved = read(SHIPPED);
    expect(errorsOf(moved)).toEqual([]);
    expect(settingsOf(moved).ups[0]).toMatchObject({
      identifier: 'ups',
      driver: 'apcsmart',
      port: '/dev/ttyS0',
      shutdown: 'LOWBATT',
      shutdowncharge: 5,
      shutdownruntime: 180,
      shutdownignore: 6,
      powerdown: false,
    });
    expect(notesOf(moved)).toEqual(['UPSTYPE apcsmart became driver apcsmart with port /dev/ttyS0.']);
  });

  test.each([
    ['UPSCABLE usb\nUPSTYPE usb\nDEVICE\n', { driver: 'usbhid-ups', port: 'auto' }],
    ['UPSCABLE usb\nUPSTYPE usb\nDEVICE /dev/hidraw3 # here\n', { driver: 'usbhid-ups', port: '/dev/hidraw3' }],
    [
      'UPSCABLE 940-0020B\nUPSTYPE dumb\nDEVICE /dev/ttyS1\n',
      { driver: 'genericups', port: '/dev/ttyS1', options: 'upstype = 2' },
    ],
    ['UPSCABLE ether\nUPSTYPE net\nDEVICE other:3551\n', { driver: 'apcupsd-ups', port: 'other:3551' }],
    [
      'UPSTYPE snmp\nDEVICE 192.0.2.5:161:APC:public\n',
      { driver: 'snmp-ups', port: '192.0.2.5', options: 'community = "public"' },
    ],
    ['UPSTYPE modbus\nDEVICE\n', { driver: 'apc_modbus', port: 'auto', options: 'porttype = usb' }],
    ['UPSNAME my ups\nUPSTYPE usb\n', { identifier: 'my_ups' }],
    [
      'UPSTYPE usb\nTIMEOUT 120\nBATTERYLEVEL -1\nMINUTES -1\n',
      { shutdown: 'BATT', shutdowntimer: 120, shutdowncharge: 0, shutdownruntime: 0 },
    ],
    ['upstype usb\nkilldelay 20\n', { powerdown: true }],
  ])('%j', (text, expected) => {
    const moved = read(text);
    expect(errorsOf(moved)).toEqual([]);
    expect(settingsOf(moved).ups[0]).toMatchObject(expected);
  });

  test('what cannot be used is told with its line', () => {
    expect(errorsOf(read('UPSTYPE usb\nBATTERYLEVEL five\n'))).toEqual([
      expect.stringMatching(
        /^: \/etc\/apcupsd\/apcupsd\.conf:2: BATTERYLEVEL cannot be "five" \(write a whole number\)/,
      ),
    ]);
    expect(errorsOf(read('UPSTYPE pcnet\n'))[0]).toMatch(/:1: UPSTYPE cannot be "pcnet" \(write one of usb/);
    expect(errorsOf(read('UPSTYPE dumb\nUPSCABLE 940-9999\nDEVICE /dev/ttyS0\n'))[0]).toMatch(
      /:2: UPSCABLE cannot be "940-9999"/,
    );
  });

  test('its network server is another protocol, which is told', () => {
    expect(notesOf(read('UPSTYPE usb\nNETSERVER on\nNISIP 0.0.0.0\n')).join()).toMatch(
      /asked apcupsd on port 3551 cannot ask here/,
    );
    expect(settingsOf(read('UPSTYPE usb\nNETSERVER on\nNISIP 0.0.0.0\n')).server.rmonitor).toBe(false);
  });
});
