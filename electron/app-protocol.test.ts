import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve, sep } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { answerAppRequest, fileOf } from './app-protocol.ts';

let top: string;
let folder: string;

beforeAll(() => {
  top = mkdtempSync(join(tmpdir(), 'app-protocol-'));
  folder = join(top, 'renderer');
  mkdirSync(join(folder, 'assets.js'), { recursive: true });
  writeFileSync(join(folder, 'index.html'), '<title>Ridethrough</title>');
  writeFileSync(join(top, 'secret.json'), '{}');
});
afterAll(() => rmSync(top, { recursive: true }));

const ask = (url: string, init?: RequestInit) => answerAppRequest(new Request(url, init), folder);

test('the address itself means the start page', async () => {
  const response = await ask('app://ridethrough/');
  expect(response.status).toBe(200);
  expect(response.headers.get('Content-Type')).toBe('text/html; charset=utf-8');
  expect(await response.text()).toContain('Ridethrough');
});

test('every answer carries the security policy, refusals too', async () => {
  for (const response of await Promise.all([ask('app://ridethrough/'), ask('app://ridethrough/nothing.js')])) {
    expect(response.headers.get('Content-Security-Policy')).toContain("default-src 'self'");
    expect(response.headers.get('X-Content-Type-Options')).toBe('nosniff');
  }
});

test.each([
  'app://ridethrough/../secret.json',
  'app://ridethrough/%2e%2e/secret.json',
  'app://ridethrough/..%2fsecret.json',
  'app://ridethrough/..%5csecret.json',
  'app://ridethrough/x/..%2f..%2fsecret.json',
  'app://ridethrough//etc/passwd',
  'app://ridethrough/%00index.html',
  'app://ridethrough/c:/windows/win.json',
  'app://ridethrough/%E0%A4%A',
  'app://ridethrough/nothing.js',
  'app://ridethrough/assets.js',
  'app://ridethrough/index.php',
  'app://elsewhere/index.html',
])('%s is not found', async (url) => {
  expect((await ask(url)).status).toBe(404);
});

test('nothing can be sent to it', async () => {
  expect((await ask('app://ridethrough/', { method: 'POST', body: 'x' })).status).toBe(405);
});

test('no address leads out of the folder', () => {
  const root = resolve('/srv/renderer');
  const piece = fc.constantFrom('..', '.', '%2e', '%2f', '%5c', '/', '\\', 'a', '.js', '~', ':', '%00', '?', '#');
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const file = fileOf(`app://ridethrough/${pieces.join('')}`, root);
      expect(file === undefined || (file.startsWith(root + sep) && resolve(file) === file)).toBe(true);
    }),
  );
});
