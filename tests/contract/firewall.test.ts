/** `doctor` on a computer with a firewall that is on: the command it shows lets the others in, and only those. */
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { layNetwork, type Network, type NetworkHost } from '#tests/support/network-namespaces.ts';
import { ensurePrograms } from '#tests/support/programs.ts';
import { runProgram, type ProgramRun } from '#tests/support/run-program.ts';
import {
  buildProgram,
  CLI,
  ridethrough,
  startProgram,
  until,
  type RunningProgram,
} from '#tests/support/served-program.ts';

const programs = await ensurePrograms([
  { program: 'ip', package: 'iproute2' },
  { program: 'nft', package: 'nftables' },
  ...['iptables', 'ip6tables'].map((program) => ({ program, package: 'iptables' })),
  { program: 'ufw', package: 'ufw' },
]);
const mayLay = process.platform === 'linux' && process.getuid?.() === 0;

let folder: string;
let data: string;
let network: Network;
let one: NetworkHost;
let other: NetworkHost;
let program: RunningProgram;

/** On the server: with a copy of ufw's files of its own, as its rules are in a namespace of their own. */
const onServer = (...command: string[]): Promise<ProgramRun> => {
  const script = `mount --bind '${join(folder, 'ufw')}' /etc/ufw && exec "$@"`;
  return runProgram(...network.server.on('unshare', ['--mount', 'sh', '-c', script, 'sh', ...command]));
};
async function doctor(): Promise<readonly { level: string; text: string; remedy?: string }[]> {
  const { stdout } = await onServer(process.execPath, CLI, 'doctor', '--json', '--data-dir', data);
  const findings = JSON.parse(stdout) as { subject: string; level: string; text: string; remedy?: string }[];
  return findings.filter(({ subject, text }) => subject === 'network' && text.includes('firewall'));
}
/** Its answer to a version asked for; empty where nobody answers. */
const heard = async (host: NetworkHost): Promise<string> => {
  const script = `exec 3<>/dev/tcp/${host.server}/3493; printf 'NETVER\\nLOGOUT\\n' >&3; cat <&3`;
  return (await runProgram(...host.on('timeout', ['2', 'bash', '-c', script]))).stdout;
};
const allow = async (list: string): Promise<void> => {
  const { status } = await ridethrough(['config', 'set', 'server.allow', list, '--data-dir', data]);
  expect(status).toBe(0);
};

const NFT = `add table inet filter
add chain inet filter input { type filter hook input priority 0; policy drop; }
add rule inet filter input ct state established,related accept
add rule inet filter input iif lo accept
`;
const IPTABLES = ['iptables', 'ip6tables']
  .map((tool) => `${tool} -A INPUT -m state --state ESTABLISHED -j ACCEPT && ${tool} -P INPUT DROP`)
  .join(' && ');

/** How each is switched on, and what its commands begin with. */
const FIREWALLS = [
  ['nftables', `printf '${NFT.replaceAll('\n', '\\n')}' | nft -f -`, /^sudo nft /],
  ['iptables', IPTABLES, /^sudo iptables .* -j ACCEPT/],
  ['ufw', 'ufw --force enable', /^sudo ufw allow /],
] as const;

describe.skipIf(!programs.ok || !mayLay)(`a firewall ${programs.reason}`, () => {
  beforeAll(async () => {
    await buildProgram();
    network = await layNetwork(2);
    expect(network.isApart).toBe(true);
    [one, other] = network.clients as [NetworkHost, NetworkHost];
    folder = await mkdtemp(join(tmpdir(), 'ridethrough-firewall-'));
    data = join(folder, 'data');
    await writeFile(join(folder, 'office.dev'), 'ups.status: OL\n');
    const ups = { identifier: 'ups', driver: 'dummy-ups', port: join(folder, 'office.dev'), shutdownaction: 'nothing' };
    const { status } = await ridethrough([
      ...['config', 'set', '--data-dir', data, 'server.rmonitor', 'yes'],
      ...Object.entries(ups).flatMap(([key, value]) => [`ups.0.${key}`, value]),
    ]);
    expect(status).toBe(0);
    const [command, args] = network.server.on(process.execPath, [CLI]);
    program = startProgram(['serve', '--data-dir', data, '--no-web'], { command: [command, ...args] });
    await program.ready();
  });
  afterEach(async () => {
    await runProgram(...network.server.on('nft', ['flush', 'ruleset']));
  });
  afterAll(async () => {
    await program.end('SIGKILL');
    await network.remove();
    await rm(folder, { recursive: true, force: true });
  });

  test.each(FIREWALLS)('%s', async (name, on, opens) => {
    await cp('/etc/ufw', join(folder, 'ufw'), { recursive: true, force: true });
    expect(await heard(one)).toBe('1.3\nOK Goodbye\n');
    expect(await doctor()).toEqual([]);

    expect(await onServer('sh', '-c', on)).toMatchObject({ status: 0 });
    expect(await heard(one)).toBe('');
    await allow('10.83.1.0/24, fd83:1::/64');
    const [found] = await doctor();
    expect(found).toMatchObject({ level: 'warning', remedy: expect.stringMatching(opens) as string });
    expect(found?.text).toContain(`(${name})`);

    const command = (found?.remedy ?? '').replaceAll('sudo ', '');
    expect(await onServer('sh', '-c', command)).toMatchObject({ status: 0 });
    await until(
      'let through',
      async () => (await heard(one)) !== '',
      () => program.stderr(),
    );
    const refusals = program.stderr().split('10.83.2.2 was refused').length;
    expect(await heard(other)).toBe('');
    // By the firewall, not by this program.
    expect(program.stderr().split('10.83.2.2 was refused')).toHaveLength(refusals);
    expect(await doctor()).toEqual([
      { subject: 'network', level: 'ok', text: expect.stringContaining(name) as string },
    ]);

    await allow('');
    await onServer('sh', '-c', 'ufw --force disable');
  });

  test('a port for everybody', async () => {
    const [, on] = FIREWALLS[0];
    expect(await onServer('sh', '-c', on)).toMatchObject({ status: 0 });
    const [found] = await doctor();
    await onServer('sh', '-c', (found?.remedy ?? '').replaceAll('sudo ', ''));
    for (const client of [one, other]) await until('let through', async () => (await heard(client)) !== '');
  });
});
