/** Folders of a system that differ from one computer to the next. */
const FOLDERS = ['/sys/', '/dev/hidraw', '/etc/nut/', '/etc/ups/', '/etc/apcupsd/', '/etc/udev/', '/etc/UPower/'];
const OF_PACKAGES = ['/usr/lib/udev/', '/lib/udev/', '/usr/local/etc/', '/opt/homebrew/'];

export const isOfSystem = (path: string): boolean =>
  [...FOLDERS, ...OF_PACKAGES].some((folder) => `${path}/`.startsWith(folder) || path.startsWith(folder));
