import type { NetworkInterfaceInfo } from 'node:os';
import { describe, expect, test } from 'vitest';
import { MOST_ADDRESSES, ownNetworks, parseRange } from './address-range.ts';

describe('a range', () => {
  test.each([
    ['nas.local', ['nas.local']],
    ['192.168.1.5', ['192.168.1.5']],
    ['fd00::5', ['fd00::5']],
    ['192.168.1.5/32', ['192.168.1.5']],
    ['192.168.1.5/31', ['192.168.1.4', '192.168.1.5']],
    ['192.168.1.5/30', ['192.168.1.5', '192.168.1.6']],
  ])('%s is %j', (text, hosts) => {
    expect(parseRange(text)).toEqual({ ok: true, hosts });
  });

  test('of a network has neither its own address nor the one for all', () => {
    const range = parseRange('192.168.1.77/24');
    const hosts = range.ok ? range.hosts : [];
    expect([hosts.length, hosts[0], hosts.at(-1)]).toEqual([254, '192.168.1.1', '192.168.1.254']);
    const largest = parseRange('172.16.4.0/22');
    expect(largest.ok && largest.hosts.length).toBe(MOST_ADDRESSES - 2);
  });

  test.each([
    ['10.0.0.0/8', /16777216 addresses/],
    ['10.0.0.0/33', /no IPv4 network/],
    ['10.0.0.0/', /no IPv4 network/],
    ['10.0.0/24', /no IPv4 network/],
    ['10.0.0.0/24/1', /no IPv4 network/],
    ['fd00::/64', /no IPv4 network/],
    ['', /no name/],
    ['two words', /no name/],
    ['-x', /no name/],
  ])('%j is refused', (text, reason) => {
    expect(parseRange(text)).toEqual({ ok: false, reason: expect.stringMatching(reason) as string });
  });
});

describe('the networks of this computer', () => {
  const address = (cidr: string, internal = false): NetworkInterfaceInfo => ({
    address: cidr.split('/')[0] ?? '',
    netmask: '',
    mac: '',
    family: 'IPv4',
    internal,
    cidr,
  });

  test('are asked without this computer itself, each address once', () => {
    const { hosts, leftOut } = ownNetworks({
      lo: [address('127.0.0.1/8', true)],
      eth0: [address('192.168.1.2/29')],
      wlan0: [address('192.168.1.3/29')],
    });
    expect(hosts).toEqual(['192.168.1.1', '192.168.1.4', '192.168.1.5', '192.168.1.6']);
    expect(leftOut).toEqual([]);
  });

  test('that are too large are left out with the reason', () => {
    const { hosts, leftOut } = ownNetworks({ docker0: [address('172.17.0.1/16')] });
    expect(hosts).toEqual([]);
    expect(leftOut).toEqual([expect.stringContaining('172.17.0.1/16')]);
  });
});
