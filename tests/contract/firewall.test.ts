/** `doctor` on a computer with a firewall that is on: the command it shows lets the others in, and only those. */
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { layNetwork, type NetworkHost } from '#tests/support/network-namespaces.ts';
import { heardFrom, serveTo, type NetworkServer } from '#tests/support/network-server.ts';
import { ensurePrograms } from '#tests/support/programs.ts';
import { runProgram, type ProgramRun } from '#tests/support/run-program.ts';
import { buildProgram, CLI, until } from '#tests/support/served-program.ts';

const programs = await ensurePrograms([
  { program: 'ip', package: 'iproute2' },
  { program: 'nft', package: 'nftables' },
  ...['iptables', 'ip6tables'].map((program) => ({ program, package: 'iptables' })),
  { program: 'ufw', package: 'ufw' },
]);
const network = await layNetwork(2);
const reason = programs.ok ? (network.isApart ? '' : 'no network namespaces here') : programs.reason;
const [one, other] = network.clients as [NetworkHost, NetworkHost];

let folder: string;
let server: NetworkServer;

/** On the server: with a copy of ufw's files of its own, as its rules are in a namespace of their own. */
const onServer = (...command: string[]): Promise<ProgramRun> => {
  const script = `mount --bind '${join(folder, 'ufw')}' /etc/ufw && exec "$@"`;
  return runProgram(...network.server.on('unshare', ['--mount', 'sh', '-c', script, 'sh', ...command]));
};
async function doctor(): Promise<readonly { level: string; text: string; remedy?: string }[]> {
  const { stdout } = await onServer(process.execPath, CLI, 'doctor', '--json', '--data-dir', server.data);
  const findings = JSON.parse(stdout) as { subject: string; level: string; text: string; remedy?: string }[];
  return findings.filter(({ subject, text }) => subject === 'network' && text.includes('firewall'));
}

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

describe.skipIf(reason !== '')(`a firewall ${reason}`, () => {
  beforeAll(async () => {
    await buildProgram();
    folder = await mkdtemp(join(tmpdir(), 'ridethrough-firewall-'));
    server = await serveTo(folder, network.server, 'ups');
  });
  afterEach(async () => {
    await runProgram(...network.server.on('nft', ['flush', 'ruleset']));
  });
  afterAll(async () => {
    await server.program.end('SIGKILL');
    await network.remove();
    await rm(folder, { recursive: true, force: true });
  });

  test.each(FIREWALLS)('%s', async (name, on, opens) => {
    await cp('/etc/ufw', join(folder, 'ufw'), { recursive: true, force: true });
    expect(await heardFrom(one)).toBe('1.3\nOK Goodbye\n');
    expect(await doctor()).toEqual([]);

    expect(await onServer('sh', '-c', on)).toMatchObject({ status: 0 });
    expect(await heardFrom(one)).toBe('');
    await server.set('server.allow', '10.83.1.0/24, fd83:1::/64');
    const [found] = await doctor();
    expect(found).toMatchObject({ level: 'warning', remedy: expect.stringMatching(opens) as string });
    expect(found?.text).toContain(`(${name})`);

    const command = (found?.remedy ?? '').replaceAll('sudo ', '');
    expect(await onServer('sh', '-c', command)).toMatchObject({ status: 0 });
    await until(
      'let through',
      async () => (await heardFrom(one)) !== '',
      () => server.program.stderr(),
    );
    const refusals = server.program.stderr().split('10.83.2.2 was refused').length;
    expect(await heardFrom(other)).toBe('');
    // By the firewall, not by this program.
    expect(server.program.stderr().split('10.83.2.2 was refused')).toHaveLength(refusals);
    expect(await doctor()).toEqual([
      { subject: 'network', level: 'ok', text: expect.stringContaining(name) as string },
    ]);

    await server.set('server.allow', '');
    await onServer('sh', '-c', 'ufw --force disable');
  });

  test('a port for everybody', async () => {
    const [, on] = FIREWALLS[0];
    expect(await onServer('sh', '-c', on)).toMatchObject({ status: 0 });
    const [found] = await doctor();
    await onServer('sh', '-c', (found?.remedy ?? '').replaceAll('sudo ', ''));
    for (const client of [one, other]) await until('let through', async () => (await heardFrom(client)) !== '');
  });
});
