/** Errors of engine/devices. They surface through a driver, so their area is the driver's. */
export const devices = {
  'error.driver/not-a-ups': '{device} is not a HID UPS: {reason}.',
  'remedy.driver/not-a-ups': 'Choose another device, or another driver if it is a UPS behind a serial bridge.',
  'error.driver/bad-definition': 'Device definition {file} cannot be used: {reason}.',
  'remedy.driver/bad-definition':
    'Correct or remove the file; resources/device-definition.schema.json says what it may hold.',
} as const;
