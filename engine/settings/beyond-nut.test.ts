import { describe, expect, test } from 'vitest';
import { textIn } from '#domain/messages/message.ts';
import { Settings } from '#domain/schema/settings/settings.ts';
import { beyondNut } from './beyond-nut.ts';

describe('what NUT cannot say', () => {
  const of = (ups: Readonly<Record<string, unknown>>, more: Readonly<Record<string, unknown>> = {}): string[] =>
    beyondNut(
      Settings.parse({ ups: [{ id: 'a', identifier: 'ups', driver: 'usbhid-ups', port: 'auto', ...ups }], ...more }),
    ).map((text) => textIn(text) ?? '');

  test('nothing of a plain UPS, and none of its commands that fit into SHUTDOWNCMD', () => {
    expect(of({})).toEqual([]);
    expect(of({ shutdownbefore: 'a', shutdownafter: 'b', shutdownextratimeout: 60 })).toEqual([]);
    expect(of({ shutdownaction: 'sleep', shutdownbefore: 'a' })).toEqual([]);
  });

  test.each([
    [{ shutdowncharge: 40 }, 'ups.0.shutdowncharge = 40 has no counterpart in NUT.'],
    [{ shutdownruntime: 300 }, 'ups.0.shutdownruntime = 300 has no counterpart in NUT.'],
    [{ shutdownignore: 5 }, 'ups.0.shutdownignore = 5 has no counterpart in NUT.'],
    [{ emailnotify: true, toemail: ['a@example.org'] }, 'ups.0.emailnotify = true has no counterpart in NUT.'],
    [
      { aliases: ['qnapups'] },
      'NUT knows no aliases: under "qnapups" a driver repeats ups. It starts only once upsd runs (systemd tries again by itself), and upsmon waits for nobody who logged in there.',
    ],
    [{ mode: 'SLAVE', remotehost: 'nas', aliases: ['a', 'b'] }, 'ups.0.aliases = a,b has no counterpart in NUT.'],
    [{ driver: 'demo' }, 'Driver demo of ups is none of NUT.'],
    [{ port: 'recording:/r' }, 'Port recording:/r of ups means nothing to NUT.'],
    [{ port: '/dev/ä' }, 'ups.0.port holds characters that NUT loses.'],
    [{ shutdownaction: 'sleep', shutdownafter: 'wake' }, 'ups.0.shutdownafter = wake has no counterpart in NUT.'],
    [{ shutdownbefore: 'stöp' }, 'ups.0.shutdownbefore = stöp has no counterpart in NUT.'],
    [{ shutdowncmd: 'x'.repeat(513) }, 'ups.0.shutdowncmd is longer than the 512 characters that NUT reads.'],
  ])('%j', (ups, said) => {
    expect(of(ups)).toEqual([said]);
  });

  test('which addresses are allowed, and what to do instead', () => {
    expect(of({}, { server: { allow: ['192.168.1.0/24', 'fd00::7'] } })).toEqual([
      expect.stringMatching(/^server\.allow = 192\.168\.1\.0\/24,fd00::7 .*firewall.*\/etc\/hosts\.allow/),
    ]);
  });

  test('mail, web and what several UPSes differ in', () => {
    const second = { id: 'b', identifier: 'b', driver: 'usbhid-ups', port: 'auto', hostsync: 90, powerdown: true };
    const said = beyondNut(
      Settings.parse({
        ups: [{ ...second, id: 'a', identifier: 'a', hostsync: 15, powerdown: false }, second],
        server: { rmonitor: true },
        mail: { host: 'smtp' },
        web: { tls: 'own' },
      }),
    ).map((text) => textIn(text));
    expect(said).toEqual([
      'hostsync: NUT has one value for all UPSes of a computer; 90 was written.',
      'powerdown: NUT has one value for all UPSes of a computer; true was written.',
      expect.stringMatching(/With several UPSes/),
      'server.announce = true has no counterpart in NUT.',
      'mail.host = smtp has no counterpart in NUT.',
      'The web interface has no counterpart in NUT.',
    ]);
  });
});
