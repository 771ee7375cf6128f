/** Errors of engine/hid. Each code has an `error.` sentence (what failed) and a `remedy.` (what to do now). */
export const hid = {
  'error.hid/bad-descriptor': 'The report descriptor of {device} cannot be used: {reason}.',
  'remedy.hid/bad-descriptor':
    'Replug the USB cable. If it stays so, record the device with "ridethrough record" and report it.',
  'error.hid/short-report': 'Report {reportId} of {device} is too short: {actual} of {expected} bytes.',
  'remedy.hid/short-report': 'Nothing to do: the fields that arrived are used, the others stay unknown.',
  'error.hid/value-too-large': '{value} does not fit into the {bits} bits it has in report {reportId}.',
  'remedy.hid/value-too-large': 'Choose a smaller value.',
} as const;
