import { expect, test } from 'vitest';
import { phrase } from '#domain/messages/message.ts';
import { localeOfBrowser, loginPage } from './login-page.ts';

test.each([
  ['de-AT,de;q=0.9,en;q=0.8', 'de'],
  ['en;q=0.5, de;q=0.7', 'de'],
  ['fr-FR, de;q=0', 'en'],
  ['fr;q=nonsense,,;q=2', 'en'],
  ['', 'en'],
  [undefined, 'en'],
])('a browser that prefers "%s" is spoken to in %s', (header, locale) => {
  expect(localeOfBrowser(header)).toBe(locale);
});

test('the page says its language, and what went wrong in it', () => {
  const page = loginPage('de', true, phrase('login.wait', { seconds: 8 }));
  expect(page).toContain('<html lang="de">');
  expect(page).toContain('<p role="alert">Zu viele Versuche. In 8 s noch einmal versuchen.</p>');
  expect(page).toContain('<button type="submit">Anmelden</button>');
});
