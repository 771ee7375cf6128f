import { expect, test } from 'vitest';
import { isAllowedLink, isAllowedPermission, isOwnUrl } from './security.ts';

test.each([
  ['app://ridethrough/', true],
  ['app://ridethrough/index.html#/events', true],
  ['app://ridethrough.evil.example/', false],
  ['app://user@ridethrough/', false],
  ['app://elsewhere/', false],
  ['https://ridethrough/', false],
  ['file:///etc/passwd', false],
  ['data:text/html,hello', false],
  ['about:blank', false],
  ['', false],
])('%s is our own page: %s', (url, expected) => {
  expect(isOwnUrl(url)).toBe(expected);
});

test.each([
  ['https://networkupstools.org/docs/', true],
  ['https://github.com/networkupstools/nut', true],
  ['http://networkupstools.org/', false],
  ['https://networkupstools.org:8443/', false],
  ['https://networkupstools.org.evil.example/', false],
  ['https://networkupstools.org@evil.example/', false],
  ['https://user:pass@github.com/', false],
  ['file:///usr/bin/xterm', false],
  ['smb://server/share', false],
  ['javascript:alert(1)', false],
])('the link %s may be opened outside: %s', (url, expected) => {
  expect(isAllowedLink(url)).toBe(expected);
});

test('copying is the only permission, and only of our own pages', () => {
  expect(isAllowedPermission('clipboard-sanitized-write', 'app://ridethrough/')).toBe(true);
  expect(isAllowedPermission('clipboard-sanitized-write', 'https://evil.example/')).toBe(false);
  expect(isAllowedPermission('clipboard-read', 'app://ridethrough/')).toBe(false);
  expect(isAllowedPermission('media', 'app://ridethrough/')).toBe(false);
});
