import type { hid as en } from '../en/hid.ts';

export const hid = {
  'error.hid/bad-descriptor': 'Der Report-Deskriptor von {device} ist nicht zu gebrauchen: {reason}.',
  'remedy.hid/bad-descriptor':
    'USB-Kabel neu anstecken. Hilft das nicht, das Gerät mit „ridethrough record“ aufzeichnen und melden.',
  'error.hid/short-report': 'Report {reportId} von {device} ist zu kurz: {actual} von {expected} Bytes.',
  'remedy.hid/short-report': 'Nichts zu tun: was ankam, wird verwendet, der Rest bleibt unbekannt.',
  'error.hid/value-too-large': '{value} passt nicht in die {bits} Bit, die Report {reportId} dafür hat.',
  'remedy.hid/value-too-large': 'Einen kleineren Wert wählen.',
} as const satisfies Record<keyof typeof en, string>;
