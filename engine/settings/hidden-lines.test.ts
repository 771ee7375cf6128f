import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hideSecrets, linesWithoutSecret, restoreSecrets } from './hidden-lines.ts';

const LINES = [
  'snmp_version = v3',
  '  authPassword = "a \\"b\\" # c"   # the reader',
  'privpassword=plain',
  'community = private',
  '# password = in a comment',
  'password_hint = none',
  'CERTIDENT "my name" "cert pw"',
  'MAXAGE 25',
].join('\n');
const HIDDEN = [
  'snmp_version = v3',
  '  authPassword = (set)   # the reader',
  'privpassword=(set)',
  'community = (set)',
  '# password = in a comment',
  'password_hint = none',
  'CERTIDENT "my name" (set)',
  'MAXAGE 25',
].join('\n');

test('passwords are hidden and everything else is as it was written', () => {
  expect(hideSecrets(LINES)).toBe(HIDDEN);
});

test('sent back they are the ones there were, beside what was changed', () => {
  expect(restoreSecrets(HIDDEN, LINES)).toBe(LINES);
  const changed = HIDDEN.replace('MAXAGE 25', 'MAXAGE 30').replace('privpassword=(set)', 'privpassword=other');
  expect(restoreSecrets(changed, LINES)).toBe(LINES.replace('MAXAGE 25', 'MAXAGE 30').replace('=plain', '=other'));
});

test('one that was never there cannot be kept', () => {
  expect(restoreSecrets('password = (set)', '')).toBe('password = (set)');
  expect(linesWithoutSecret('desc = (set)\npassword = (set)\nauthPassword="(set)"\nprivPassword = x')).toEqual([2, 3]);
  expect(linesWithoutSecret(LINES)).toEqual([]);
});

test('hiding and sending back changes no text', () => {
  const line = fc.oneof(
    fc.constantFrom(
      'password = x',
      'authPassword="a b"',
      'CERTIDENT a b',
      'password =',
      'community "',
      '\tpassword = \\"',
    ),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.array(line), (lines) => {
      const text = lines.join('\n');
      expect(restoreSecrets(hideSecrets(text), text)).toBe(text);
    }),
  );
});
