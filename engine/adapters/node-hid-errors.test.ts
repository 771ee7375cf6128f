import { describe, expect, test } from 'vitest';
import { phrase, textIn } from '#domain/messages/message.ts';
import { classifyHidError } from './node-hid-errors.ts';

describe('hidapi error texts', () => {
  test.each([
    ['could not get feature report from device: ioctl (GFEATURE): Broken pipe', 'io', 'it refused the request'],
    ['could not get feature report from device: ioctl (GFEATURE): Connection timed out', 'io', 'no answer in time'],
    ['could not get feature report from device: ioctl (GFEATURE): Input/output error', 'io', 'input/output error'],
    ['could not get feature report from device: ioctl (GFEATURE): No such device', 'gone', undefined],
    [
      'could not read from HID device: hid_read_timeout: unexpected poll error (device disconnected)',
      'gone',
      undefined,
    ],
    [
      "cannot open device with path /dev/hidraw0: Failed to open a device with path '/dev/hidraw0': Permission denied",
      'permission-denied',
      undefined,
    ],
    [
      "cannot open device with path /dev/hidraw9: Failed to open a device with path '/dev/hidraw9': No such file or directory",
      'gone',
      undefined,
    ],
    ['HidD_SetFeature: (0x0000048F) Das Gerät ist nicht angeschlossen.', 'gone', undefined],
    ['open_device: (0x00000020) The process cannot access the file', 'held', undefined],
    ['open_device: (0x00000005) Zugriff verweigert', 'permission-denied', undefined],
    ['IOHIDDeviceGetReport failed: (0xE00002C0) no such device', 'gone', undefined],
    [
      'hid_open_path: failed to open IOHIDDevice from mach entry: (0xE00002C5) exclusive access and device already open',
      'held',
      undefined,
    ],
    ['IOHIDDeviceGetReport failed: (0xE0005000) pipe stalled', 'io', 'it refused the request'],
  ])('%s means %s', (text, kind, reason) => {
    const failure = classifyHidError(new Error(text));
    expect(failure.kind).toBe(kind);
    expect(failure.kind === 'io' ? textIn(failure.reason) : undefined).toBe(reason);
  });

  test('a bare string is read like an error', () => {
    expect(classifyHidError('unexpected poll error (device disconnected)')).toEqual({ kind: 'gone' });
  });

  test('an unknown text keeps its last part as the reason', () => {
    expect(classifyHidError(new Error('cannot: really not: Something Odd'))).toEqual({
      kind: 'io',
      reason: 'something Odd',
    });
    expect(classifyHidError(new Error(''))).toEqual({ kind: 'io', reason: phrase('reason.unknown', {}) });
  });
});
