/**
 * Notes what the program shows outside of its window (tray, notifications), because nothing outside of the process can
 * see it. Works on the real electron module (`electron -r tap.cjs`) and on the stand-in alike.
 */
'use strict';

/** @param {typeof import('electron')} electron */
function install(electron) {
  const seen = { icon: '', tooltip: '', menu: [], notifications: [] };
  globalThis.shellSeen = seen;
  const paths = new WeakMap();

  const { nativeImage, Notification, Tray } = electron;
  const createFromPath = nativeImage.createFromPath.bind(nativeImage);
  nativeImage.createFromPath = (path) => {
    const image = createFromPath(path);
    paths.set(image, path);
    return image;
  };
  const before = (prototype, name, note) => {
    const original = prototype[name];
    prototype[name] = function (...args) {
      note.apply(this, args);
      return original.apply(this, args);
    };
  };
  before(Tray.prototype, 'setImage', (image) => {
    seen.icon = paths.get(image) ?? '';
  });
  before(Tray.prototype, 'setToolTip', (text) => {
    seen.tooltip = text;
  });
  before(Tray.prototype, 'setContextMenu', (menu) => {
    seen.menu = menu.items;
  });
  before(Notification.prototype, 'show', function () {
    seen.notifications.push({ title: this.title, body: this.body });
  });
}

module.exports = { install };
if (globalThis.process.versions.electron) install(require('electron'));
