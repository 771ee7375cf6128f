import { describe, expect, test } from 'vitest';
import { readText } from './test-support.ts';
import { readUpsdConf, UPSD_DEFAULTS, writeUpsdConf } from './upsd-conf.ts';

const read = (text: string) => readText(readUpsdConf, 'upsd.conf', text);

describe('upsd.conf', () => {
  test('an empty file gives what upsd does without one', () => {
    expect(read('# nothing\n')).toEqual({ result: UPSD_DEFAULTS, told: [] });
  });

  test('every directive is read', () => {
    const { result, told } = read(
      [
        'LISTEN 127.0.0.1',
        'LISTEN ::1 3500',
        'LISTEN * nut',
        'MAXAGE 20',
        'TRACKINGDELAY 60',
        'MAXCONN 100',
        'ALLOW_NO_DEVICE yes',
        'ALLOW_NOT_ALL_LISTENERS ON',
        'STATEPATH "/run/my nut"',
        'CERTFILE /etc/cert.pem',
        'CERTPATH /etc/certs',
        'CERTIDENT "my cert" secret',
        'CERTREQUEST require',
        'DISABLE_WEAK_SSL 1',
        'debug_min 2',
      ].join('\n'),
    );
    expect(told).toEqual([]);
    expect(result).toEqual({
      listen: [
        { address: '127.0.0.1', port: 3493, origin: { file: 'upsd.conf', line: 1 } },
        { address: '::1', port: 3500, origin: { file: 'upsd.conf', line: 2 } },
        { address: '*', port: 3493, origin: { file: 'upsd.conf', line: 3 } },
      ],
      maxAge: 20,
      trackingDelay: 60,
      maxConn: 100,
      allowNoDevice: true,
      allowNotAllListeners: true,
      statePath: '/run/my nut',
      certFile: '/etc/cert.pem',
      certFileOrigin: { file: 'upsd.conf', line: 10 },
      certPath: '/etc/certs',
      certPathOrigin: { file: 'upsd.conf', line: 11 },
      certIdent: { name: 'my cert', password: 'secret' },
      certRequest: 'require',
      disableWeakSsl: true,
      debugMin: 2,
    });
  });

  test.each([
    ['MAXAGE soon', 'error', 'MAXAGE cannot be "soon" (write a whole number)'],
    ['MAXAGE -3', 'error', 'MAXAGE cannot be "-3" (write a whole number)'],
    ['MAXAGE 99999999999999999999', 'error', 'MAXAGE cannot be "99999999999999999999" (write a whole number)'],
    ['MAXAGE', 'error', 'MAXAGE needs a value (write the value behind it)'],
    ['MAXAGE = 20', 'error', 'MAXAGE takes no = sign (write a blank instead of =)'],
    ['maxage 20', 'warning', 'maxage is not known; the line is skipped (write MAXAGE if that is meant)'],
    ['MAXAEG 20', 'warning', 'MAXAEG is not known; the line is skipped (write MAXAGE if that is meant)'],
    [
      'FROBNICATE 20',
      'warning',
      'FROBNICATE is not known; the line is skipped (check its spelling and its capitals, or remove the line)',
    ],
    [
      'constructor 20',
      'warning',
      'constructor is not known; the line is skipped (check its spelling and its capitals, or remove the line)',
    ],
    ['LISTEN', 'error', 'LISTEN needs a value (write the value behind it)'],
    ['LISTEN 127.0.0.1 99999', 'error', 'LISTEN cannot be "99999" (write a port from 1 to 65535)'],
    ['ALLOW_NO_DEVICE perhaps', 'error', 'ALLOW_NO_DEVICE cannot be "perhaps" (write yes or no)'],
    ['LISTEN 127.0.0.1:3493', 'error', 'LISTEN cannot be "127.0.0.1:3493" (write the address and the port as two words)'], // prettier-ignore
    ['MAXCONN 0', 'error', 'MAXCONN cannot be "0" (write a whole number from 1)'],
    ['CERTREQUEST 3', 'error', 'CERTREQUEST cannot be "3" (write one of NO, REQUEST, REQUIRE)'],
    ['CERTIDENT name', 'error', 'CERTIDENT cannot be "name" (write a certificate name and its password)'],
    ['ACL all 0.0.0.0/0', 'notice', 'ACL is obsolete and has no effect (remove the line)'],
    [
      'DATAPATH /usr/share/nut',
      'notice',
      'DATAPATH is accepted and has no effect: what it leads to is part of this program (nothing to do)',
    ],
  ])('%s changes nothing and is told', (line, severity, problem) => {
    expect(read(`\n${line}\n`)).toEqual({ result: UPSD_DEFAULTS, told: [`${severity} upsd.conf:2: ${problem}`] });
  });

  test('a number with something behind it is read as NUT reads it, and told', () => {
    const { result, told } = read('MAXAGE 20s\n');
    expect(result.maxAge).toBe(20);
    expect(told).toEqual(['warning upsd.conf:1: MAXAGE is "20s"; read as 20 (write a whole number)']);
  });

  test('of a directive that stands twice the later line counts', () => {
    const { result, told } = read('MAXAGE 20\nMAXAGE 30\n');
    expect(result.maxAge).toBe(30);
    expect(told).toEqual([
      'warning upsd.conf:2: MAXAGE stands in line 1 already; this line counts (remove one of the two)',
    ]);
  });

  test('what is as upsd has it anyway is not written', () => {
    expect(writeUpsdConf(UPSD_DEFAULTS)).toBe('');
    expect(
      writeUpsdConf({ ...UPSD_DEFAULTS, listen: [{ address: '0.0.0.0', port: 3493 }], certRequest: 'request' }),
    ).toBe('LISTEN "0.0.0.0" 3493\nCERTREQUEST REQUEST\n');
  });
});
