/** What a mail about an outage says, from its beginning to its end, as a real mail server gets it. */
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openAlertScene, type AlertScene } from '#tests/support/alert-scene.ts';

const MINUTE = 60_000;

let scene: AlertScene;
let smtp: SMTPServer;
let mails: { readonly text: string; readonly html: string }[];

/** The parts of a mail as people read them. */
function partsOf(mail: string): { readonly text: string; readonly html: string } {
  const part = (type: string): string => {
    const [, head = '', body = ''] =
      new RegExp(`(Content-Type: text/${type}[^]*?)\r\n\r\n([^]*?)\r\n--`).exec(mail) ?? [];
    if (/base64/i.test(head)) return Buffer.from(body, 'base64').toString();
    if (!/quoted-printable/i.test(head)) return body;
    const bytes = body
      .replaceAll('=\r\n', '')
      .replaceAll(/=([0-9A-F]{2})/g, (_whole, hex: string) => String.fromCharCode(parseInt(hex, 16)));
    return Buffer.from(bytes, 'latin1').toString();
  };
  // Blanks that keep a number with its unit are blanks.
  const read = (type: string): string =>
    part(type)
      .replaceAll('\r\n', '\n')
      .replaceAll(/[\u00a0\u202f]/g, ' ');
  return { text: read('plain'), html: read('html') };
}

beforeEach(async () => {
  scene = await openAlertScene();
  mails = [];
  smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, _session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        mails.push(partsOf(Buffer.concat(chunks).toString()));
        done();
      });
    },
  });
  await new Promise<void>((resolve) => smtp.listen(0, '127.0.0.1', resolve));
  await scene.start({
    ups: [{ id: 'a', identifier: 'ups', driver: 'x', port: 'x', emailnotify: true, toemail: ['desk@example.org'] }],
    mail: {
      host: '127.0.0.1',
      port: (smtp.server.address() as AddressInfo).port,
      security: 'none',
      from: 'u@b.example',
    },
  });
});
afterEach(async () => {
  await scene.end();
  await new Promise<void>((resolve) => smtp.close(resolve));
});

const come = (count: number): Promise<unknown> => expect.poll(() => mails.length, { timeout: 20_000 }).toBe(count);

test('what happened, when, the figures, what comes next and the last ten minutes; at the end for how long', async () => {
  const { say, clock } = scene;
  say({
    ...{ 'ups.status': 'OL CHRG', 'battery.charge': '97', 'battery.runtime': '1500', 'ups.load': '23' },
    ...{ 'input.voltage': '231.4', 'output.voltage': '230.2' },
  });
  // Twelve minutes on line, with a load that is another one in each.
  for (let minute = 0; minute < 12; minute += 1) {
    say({ 'ups.load': String(10 + minute) });
    await clock.advance(MINUTE);
  }
  say({
    ...{ 'ups.status': 'OB DISCHRG', 'battery.charge': '87', 'battery.runtime': '840', 'ups.load': '42' },
    ...{ 'input.voltage': '3.5', 'output.voltage': '228' },
  });
  await come(1);
  const { text = '', html = '' } = mails[0] ?? {};
  expect(text).toMatch(/^ups: The power is out\.\n/);
  expect(text).toContain('It began on Nov 22, 2026, 3:12:00 PM.');
  expect(text).toContain('This computer: shuts down');
  const figures: readonly (readonly [string, string])[] = [
    ['Status', 'OB DISCHRG'],
    ['Charge', '87 %'],
    ['Remaining time', '14 min'],
    ['Load', '42 %'],
    ['Mains voltage', '3.5 V'],
    ['Output voltage', '228 V'],
  ];
  for (const [label, value] of figures) {
    expect.soft(text).toMatch(new RegExp(`^${label} +${value.replace('.', '\\.')}$`, 'm'));
    expect.soft(html).toContain(`>${label}</td><td><b>${value}</b></td>`);
  }
  const table = text.slice(text.indexOf('The last ten minutes:')).split('\n');
  const rows = table.filter((line) => /^\d?\d:\d\d/.test(line));
  expect(rows).toHaveLength(10);
  expect(rows[0]).toMatch(/^03:03 PM +97 % +13 % +231\.4 V$/);
  expect(rows.at(-1)).toMatch(/^03:12 PM +97 % +21 % +231\.4 V$/);
  expect(html).toContain('231.4 V');

  await clock.advance(5 * MINUTE);
  say({ 'ups.status': 'OL CHRG', 'input.voltage': '230' });
  await come(2);
  const end = mails[1]?.text ?? '';
  expect(end).toMatch(/^ups: The power is back\.\n/);
  expect(end).toContain('It began on Nov 22, 2026, 3:12:00 PM.');
  expect(end).toMatch(/It lasted (?:about )?5 min\./);
  expect(end).not.toContain('What happens next');
  expect(end).toMatch(/^Mains voltage +230 V$/m);
});

test('a battery that is to be replaced is told beside an outage, and again every twelve hours', async () => {
  const { say, clock } = scene;
  say({ 'ups.status': 'OL RB' });
  await clock.advance(10_000);
  await come(1);
  say({ 'ups.status': 'OB RB' });
  await come(2);
  say({ 'ups.status': 'OL RB' });
  await come(3);
  await clock.advance(12 * 60 * MINUTE);
  await come(4);
  const titles = mails.map(({ text }) => text.split('\n')[0]);
  expect(titles.slice(0, 3)).toEqual([
    expect.stringMatching(/battery/i),
    'ups: The power is out.',
    'ups: The power is back.',
  ]);
  // It neither ended with the outage nor began anew.
  expect(titles[3]).toMatch(/Still so after 12 h .*battery/);
  say({ 'ups.status': 'OL' });
  await come(5);
});
