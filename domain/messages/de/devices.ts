import type { devices as en } from '../en/devices.ts';

export const devices = {
  'error.driver/not-a-ups': '{device} ist keine HID-USV: {reason}.',
  'remedy.driver/not-a-ups':
    'Ein anderes Gerät wählen, oder einen anderen Treiber, falls es eine USV hinter einem seriellen Wandler ist.',
  'error.driver/bad-definition': 'Die Gerätebeschreibung {file} ist nicht zu gebrauchen: {reason}.',
  'remedy.driver/bad-definition':
    'Datei berichtigen oder entfernen. Was sie enthalten darf, steht in resources/device-definition.schema.json.',
} as const satisfies Record<keyof typeof en, string>;
