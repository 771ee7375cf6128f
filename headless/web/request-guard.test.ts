import { expect, test } from 'vitest';
import { cookieValue, isOwnHost, isOwnOrigin, readAuthorization, requestUrl } from './request-guard.ts';

const OWN = ['localhost', 'nas'];

test.each([
  ['127.0.0.1:8493', true],
  ['[::1]:8493', true],
  ['localhost:8493', true],
  ['NAS', true],
  ['192.0.2.7:8493', true],
  ['evil.example:8493', false],
  ['127.0.0.1.evil.example', false],
  ['', false],
  [undefined, false],
  ['a b', false],
])('host %s is ours: %s', (host, expected) => {
  expect(isOwnHost(host, OWN)).toBe(expected);
});

test.each([
  [undefined, 'localhost:8493', true],
  ['http://localhost:8493', 'localhost:8493', true],
  ['http://localhost:80', 'localhost:8493', false],
  ['https://evil.example', 'localhost:8493', false],
  ['null', 'localhost:8493', false],
])('origin %s talking to %s is allowed: %s', (origin, host, expected) => {
  expect(isOwnOrigin(origin, host)).toBe(expected);
});

test('a cookie is found by its whole name', () => {
  expect(cookieValue('xrt=1; rt=a=b ; other', 'rt')).toBe('a=b');
  expect(cookieValue(undefined, 'rt')).toBeUndefined();
});

test('credentials of both kinds are read, others are nothing', () => {
  expect(readAuthorization(`Basic ${Buffer.from('u:p:w').toString('base64')}`)).toEqual({
    kind: 'basic',
    password: 'p:w',
  });
  expect(readAuthorization('Bearer abc')).toEqual({ kind: 'bearer', token: 'abc' });
  expect(readAuthorization('Digest x')).toBeUndefined();
});

test('a request line is read as path and query, and what is no address is nothing', () => {
  expect(requestUrl('/a?token=b')?.searchParams.get('token')).toBe('b');
  expect(requestUrl('/a/../../etc/passwd')?.pathname).toBe('/etc/passwd');
  expect(requestUrl(undefined)?.pathname).toBe('/');
  for (const broken of ['//', 'http://', '//[', 'http://a:99999/']) expect(requestUrl(broken)).toBeUndefined();
});
