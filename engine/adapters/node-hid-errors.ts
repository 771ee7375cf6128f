/**
 * What hidapi's error texts mean. node-hid hands them on without a code. Linux texts come from strerror, which no
 * locale translates in a Node process; Windows and macOS put a number in front of theirs: `(0x0000048F) …`.
 * Sources: hidapi 0.15 linux/hid.c, windows/hid.c, mac/hid.c; winerror.h; IOReturn.h.
 */
import { phrase, type Text } from '#domain/messages/message.ts';

export type HidFailure =
  | { readonly kind: 'gone' }
  | { readonly kind: 'permission-denied' }
  | { readonly kind: 'held' }
  /** Refused, timed out or unknown: the device may still be there. */
  | { readonly kind: 'io'; readonly reason: Text };

const REFUSED = phrase('reason.refused', {});
const NO_ANSWER = phrase('reason.no-answer-in-time', {});

const CODES: Readonly<Record<string, HidFailure>> = {
  '00000002': { kind: 'gone' }, // ERROR_FILE_NOT_FOUND
  '00000005': { kind: 'permission-denied' }, // ERROR_ACCESS_DENIED
  '00000020': { kind: 'held' }, // ERROR_SHARING_VIOLATION
  '0000001F': { kind: 'io', reason: REFUSED }, // ERROR_GEN_FAILURE
  '00000079': { kind: 'io', reason: NO_ANSWER }, // ERROR_SEM_TIMEOUT
  '0000048F': { kind: 'gone' }, // ERROR_DEVICE_NOT_CONNECTED
  '00000651': { kind: 'gone' }, // ERROR_DEVICE_REMOVED
  E00002C0: { kind: 'gone' }, // kIOReturnNoDevice
  E00002D9: { kind: 'gone' }, // kIOReturnNotAttached
  E00002C1: { kind: 'permission-denied' }, // kIOReturnNotPrivileged
  E00002E2: { kind: 'permission-denied' }, // kIOReturnNotPermitted
  E00002C5: { kind: 'held' }, // kIOReturnExclusiveAccess
  E00002D5: { kind: 'held' }, // kIOReturnBusy
  E00002D6: { kind: 'io', reason: NO_ANSWER }, // kIOReturnTimeout
  E0005000: { kind: 'io', reason: REFUSED }, // kUSBHostReturnPipeStalled
  E000404F: { kind: 'io', reason: REFUSED }, // kIOUSBPipeStalled
};

const TEXTS: readonly (readonly [RegExp, HidFailure])[] = [
  [/no such (device|file)|device disconnected|device has been closed by the system/i, { kind: 'gone' }],
  [/permission denied|operation not permitted/i, { kind: 'permission-denied' }],
  [/resource busy/i, { kind: 'held' }],
  [/broken pipe/i, { kind: 'io', reason: REFUSED }],
  [/timed out/i, { kind: 'io', reason: NO_ANSWER }],
];

/** @param error what node-hid rejected or emitted: an Error, or a bare string */
export function classifyHidError(error: unknown): HidFailure {
  const text = error instanceof Error ? error.message : String(error);
  const code = /\(0x([0-9A-F]{8})\)/i.exec(text)?.[1]?.toUpperCase();
  const known = code === undefined ? TEXTS.find(([pattern]) => pattern.test(text))?.[1] : CODES[code];
  return known ?? { kind: 'io', reason: shorten(text) };
}

/** `could not get feature report from device: ioctl (GFEATURE): Input/output error` says enough with its last part. */
function shorten(text: string): Text {
  const last = text.split(': ').at(-1)?.trim();
  return last === undefined || last === ''
    ? phrase('reason.unknown', {})
    : last.charAt(0).toLowerCase() + last.slice(1);
}
