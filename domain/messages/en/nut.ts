/** Errors of engine/nut: server and client. */
export const nut = {
  'error.nut/port-in-use': 'Cannot listen on {address}: the port is in use.',
  'remedy.nut/port-in-use': 'Stop the other NUT server (upsd), or choose another port.',
  'error.nut/cannot-listen': 'Cannot listen on {address}: {reason}.',
  'remedy.nut/cannot-listen': 'Check the address and the right to use the port.',
} as const;
