import type { MenuItemConstructorOptions } from 'electron';
import { describe, expect, test } from 'vitest';
import { LOCALES, type Locale } from '#domain/messages/message.ts';
import { menuTemplate } from './menu-template.ts';

const itemsOf = (platform: NodeJS.Platform, locale: Locale): readonly MenuItemConstructorOptions[] => {
  const flatten = (item: MenuItemConstructorOptions): MenuItemConstructorOptions[] =>
    Array.isArray(item.submenu) ? [item, ...item.submenu.flatMap(flatten)] : [item];
  return menuTemplate({ platform, isPackaged: true, locale, quit: () => undefined, setUp: () => undefined }).flatMap(
    flatten,
  );
};

describe.each(['linux', 'win32', 'darwin'] as const)('the menu on %s', (platform) => {
  test('has words of its own for every item, for those of Electron are English', () => {
    for (const locale of LOCALES) {
      const nameless = itemsOf(platform, locale).filter(({ type, label }) => type !== 'separator' && !label);
      expect(nameless).toEqual([]);
    }
  });

  test('speaks German', () => {
    const labels = itemsOf(platform, 'de').map(({ label }) => label);
    expect(labels).toEqual(expect.arrayContaining(['&Bearbeiten', 'Einfügen', 'Vollbild', 'Ridethrough beenden …']));
  });

  test('leads to the wizard', () => {
    let isOpened = false;
    const setUp = () => (isOpened = true);
    const items = menuTemplate({ platform, isPackaged: true, locale: 'en', quit: () => undefined, setUp });
    const submenus = items.flatMap(({ submenu }) => (Array.isArray(submenu) ? submenu : []));
    const item = submenus.find(({ label }) => label === 'Set up step by step …');
    (item?.click as (() => void) | undefined)?.();
    expect(isOpened).toBe(true);
  });

  test('offers nothing that belongs to making the program', () => {
    const roles = itemsOf(platform, 'en').map(({ role }) => role);
    expect(roles).not.toContain('toggleDevTools');
    expect(roles).not.toContain('reload');
  });
});
