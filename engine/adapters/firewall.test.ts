/** The programs of firewalls are played by scripts on PATH; tests/contract/firewall.test.ts has real ones. */
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findFirewall, type FirewallParts } from './firewall.ts';
import { createReadFs } from './node-hid-fs.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridethrough-firewall-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** A program that notes how it was called, and says something. */
async function play(name: string, script: string): Promise<void> {
  await writeFile(join(folder, name), `#!/bin/sh\necho "${name} $*" >>'${join(folder, 'called')}'\n${script}\n`);
  await chmod(join(folder, name), 0o755);
}
async function put(file: string, text: string): Promise<void> {
  await mkdir(join(folder, 'root', dirname(file)), { recursive: true });
  await writeFile(join(folder, 'root', file), text);
}
const called = async (): Promise<readonly string[]> =>
  (await readFile(join(folder, 'called'), 'utf8').catch(() => '')).split('\n').filter(Boolean);
/** Nothing but the scripts, and the shell that runs them. */
const find = (parts: Partial<FirewallParts> = {}) =>
  findFirewall(
    {
      platform: 'linux',
      env: { PATH: folder },
      fs: createReadFs(join(folder, 'root')),
      isRoot: true,
      ...parts,
    },
    { port: 3493, allow: ['192.168.1.7'] },
  );

const NFT = `echo '${JSON.stringify({
  nftables: [{ chain: { family: 'inet', table: 'filter', name: 'input', hook: 'input', policy: 'drop' } }],
})}'`;

test('nothing is found where there is nothing', async () => {
  expect(await find()).toBeUndefined();
  expect(await find({ platform: 'win32' })).toBeUndefined();
  expect(await find({ platform: 'freebsd' })).toBeUndefined();
});

test('ufw is known by its files, and nothing else is asked', async () => {
  await put('/etc/ufw/ufw.conf', 'ENABLED=yes\n');
  await play('nft', NFT);
  expect((await find({ isRoot: false }))?.command).toMatch(/^sudo ufw allow proto tcp from 192\.168\.1\.7 /);
  await put('/etc/ufw/user.rules', '### tuple ### allow tcp 3493 0.0.0.0/0 any 0.0.0.0/0 in\n');
  expect(await find()).toMatchObject({ hasRule: true });
  expect(await called()).toEqual([]);
});

test('firewalld is asked for more than whether it runs by root only', async () => {
  await play('firewall-cmd', 'case $1 in --state) echo running;; *) echo "  ports: 3493/tcp";; esac');
  await play('nft', NFT);
  expect(await find({ isRoot: false })).toMatchObject({ hasRule: false });
  expect(await called()).toEqual(['firewall-cmd --state']);
  expect(await find()).toMatchObject({ hasRule: true });
});

test('a firewalld that does not run leaves it to nftables, which only root may ask', async () => {
  await play('firewall-cmd', 'echo "not running"; exit 252');
  await play('nft', NFT);
  await play('iptables', 'echo "-P INPUT DROP"');
  expect(await find({ isRoot: false })).toBeUndefined();
  expect((await find())?.command).toContain('nft');
  expect(await called()).toEqual(['firewall-cmd --state', 'firewall-cmd --state', 'nft -j list ruleset']);
});

test('without nft, iptables', async () => {
  await play('iptables', 'echo "-P INPUT DROP"');
  await play('ip6tables', 'echo "You must be root" >&2; exit 4');
  expect((await find())?.command).toMatch(/^sudo iptables -I INPUT -s 192\.168\.1\.7 [^&]*$/);
});

test('Windows is asked through PowerShell', async () => {
  await play('powershell.exe', 'echo "2 0"');
  expect((await find({ platform: 'win32' }))?.command).toContain("-RemoteAddress '192.168.1.7'");
  expect((await called())[0]).toMatch(
    /^powershell\.exe -NoProfile -NonInteractive -Command \$on = @\(Get-NetFirewallProfile/,
  );
});

test('what the system says wrong is nothing found', async () => {
  await play('nft', 'echo "Operation not permitted" >&2; exit 1');
  await play('iptables', 'echo nonsense');
  expect(await find()).toBeUndefined();
});
