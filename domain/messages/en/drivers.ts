/** Errors of engine/drivers and its transports. */
export const drivers = {
  'error.driver/no-device': 'No UPS found for {ups}: {searched}.',
  'remedy.driver/no-device':
    'Check that the USB cable is plugged in and the UPS is on; "ridethrough scan" lists what is there.',
  'error.driver/permission-denied': 'Cannot open {device}: permission denied on {path}.',
  'remedy.driver/permission-denied':
    'Install the udev rule resources/udev/60-ridethrough.rules, then replug the USB cable.',
  'error.driver/held-by-other': '{device} is held by another program: {holder}.',
  'remedy.driver/held-by-other': 'Stop that program, then replug the USB cable.',
  'error.driver/unplugged': '{device} is unplugged.',
  'remedy.driver/unplugged': 'Plug the USB cable in again; the UPS is found by itself.',
  'error.driver/io': '{device} did not answer: {reason}.',
  'remedy.driver/io': 'It is tried again by itself. If it stays so, replug the USB cable or try another port.',
  'error.driver/no-hid-library': 'USB devices cannot be reached: {reason}.',
  'remedy.driver/no-hid-library':
    'Install the program again; on a slim Linux image also install libusb-1.0-0 and libudev1.',
  'error.driver/no-descriptor': 'The report descriptor of {device} cannot be read: {reason}.',
  'remedy.driver/no-descriptor':
    'Replug the USB cable. On Windows units on USB cannot be read yet: plug it into a Linux or macOS computer and read it from there (dummy-ups, ups@host).',
  'error.driver/no-answer': '{device} answered none of its reports: {reason}.',
  'remedy.driver/no-answer': 'It is opened again by itself. If it stays so, replug the USB cable or restart the UPS.',
  'error.driver/gave-up':
    'No more tries for {ups} after {tries}, as reconnect_max_tries says. The last reason: {reason}',
  'remedy.driver/gave-up': 'Repair the cause, then reload the driver or start again.',
  'error.driver/bad-option': 'Option {option} of {ups} cannot be used: {reason}.',
  'remedy.driver/bad-option': 'Correct the option and start again.',
  'error.driver/unknown': 'Driver {driver} of {ups} is not known.',
  'remedy.driver/unknown': 'Use usbhid-ups, dummy-ups or demo, or install the NUT package that brings this driver.',
  'error.driver/not-installed': 'Driver {driver} of {ups} is not installed; looked in {folders}.',
  'remedy.driver/not-installed':
    'Install the NUT package that brings it ({package} on Debian and Ubuntu), or name its folder with driverpath.',
  'error.driver/start-failed': 'Driver {driver} of {ups} did not start: {reason}.',
  'remedy.driver/start-failed': 'Check the port and the options of this UPS. The driver is started again by itself.',
  'error.driver/ended': 'Driver {driver} of {ups} ended: {reason}.',
  'remedy.driver/ended': 'It is started again by itself. If it stays so, look for its last lines in the log.',
  'error.driver/socket-lost': 'The connection to driver {driver} of {ups} was lost.',
  'remedy.driver/socket-lost': 'It is made again by itself, as soon as the driver runs.',
  'error.driver/socket-denied': 'The socket {path} of driver {driver} of {ups} may not be used: {reason}.',
  'remedy.driver/socket-denied':
    'Add the user that runs Ridethrough to the group that owns the socket (mostly nut), then log in again.',
  'error.driver/data-stale': 'Driver {driver} of {ups} says that its data are old.',
  'remedy.driver/data-stale':
    'Check the cable or the network to the UPS; data come back by themselves, the log has what the driver said.',
  'error.driver/power-cut': 'Driver {driver} of {ups} was stopped so that the UPS can cut the power.',
  'remedy.driver/power-cut': 'Reload the driver or start again if the power stayed on.',
  'error.driver/upstream-stale': '{address} is served with old data: its server lost touch with the UPS.',
  'remedy.driver/upstream-stale':
    'Check the UPS and its driver on that server; good data are shown again by themselves.',
  'error.driver/upstream-refused': 'The server of {address} does not show this UPS: {reason}.',
  'remedy.driver/upstream-refused':
    'Check the name of the UPS in port, and that its driver runs on that server. It is asked again by itself.',
  'error.driver/bad-file': '{file}:{line}: {reason}.',
  'remedy.driver/bad-file': 'Correct the file; it is read again when it changes.',
  'error.driver/cannot-read': 'Cannot read {file}: {reason}.',
  'remedy.driver/cannot-read': 'Check the path, and that the file may be read.',
  'error.driver/cannot-write': 'Cannot write {file}: {reason}.',
  'remedy.driver/cannot-write': 'Check the path, the right to write there, and the space left.',
  'probe.unit': '{port} answers: {title}.',
  'probe.no-ups': '{port} answers, and is no UPS that snmp-ups knows: {title}.',
  'probe.silent':
    'Nobody answers at {port}. Is SNMP (v1, read) on there, and is its community the one in the auxiliary parameters?',
  'probe.unreachable': '{port} cannot be reached: {reason}.',
  'probe.repeated': '{server} answers, and has {ups}.',
  'probe.not-listed': '{server} answers, and has no {ups}. It has: {names}.',
  'probe.no-upses': '{server} answers, and has no UPS.',
} as const;
