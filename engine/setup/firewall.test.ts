import { describe, expect, test } from 'vitest';
import { textIn } from '#domain/messages/message.ts';
import {
  firewalldHint,
  iptablesHint,
  macHint,
  nftHint,
  ufwHint,
  windowsHint,
  windowsQuestion,
  type FirewallHint,
  type Opening,
} from './firewall.ts';

const ALL: Opening = { port: 3493, allow: [] };
const SOME: Opening = { port: 3493, allow: ['192.168.1.0/24', 'fd00::/8'] };
const ONE: Opening = { port: 3493, allow: ['192.168.1.7'] };
const commandOf = (hint: FirewallHint | undefined): string | undefined => hint?.command;

describe('ufw', () => {
  const on = { conf: '# ENABLED=no\nENABLED=yes\n', defaults: 'DEFAULT_INPUT_POLICY="DROP"\n', rules: '' };
  const rule = (...tuples: string[]) => ({ ...on, rules: tuples.map((tuple) => `### tuple ### ${tuple}\n`).join('') });

  test.each([
    ['that is off', { ...on, conf: 'ENABLED=no\n' }],
    ['that is not here', { conf: '', defaults: '', rules: '' }],
    ['that lets everybody in', { ...on, defaults: 'DEFAULT_INPUT_POLICY="ACCEPT"\n' }],
  ])('%s is none', (_, files) => {
    expect(ufwHint(files, ALL)).toBeUndefined();
  });

  test('that is on, with the command for everybody, and for those who are allowed', () => {
    expect(commandOf(ufwHint(on, ALL))).toBe('sudo ufw allow 3493/tcp');
    expect(commandOf(ufwHint(on, SOME))).toBe(
      'sudo ufw allow proto tcp from 192.168.1.0/24 to any port 3493 && sudo ufw allow proto tcp from fd00::/8 to any port 3493',
    );
    expect(textIn(ufwHint(on, ALL)?.text)).toMatch(/^A firewall is on here \(ufw\)\. Unless it lets port 3493/);
  });

  test.each([
    'allow tcp 3493 0.0.0.0/0 any 192.168.1.0/24 in',
    'limit tcp 3493 0.0.0.0/0 any 0.0.0.0/0 in',
    'allow_log tcp 80,3000:4000 0.0.0.0/0 any 0.0.0.0/0 in comment=4e5554',
    'allow any any 0.0.0.0/0 any 192.168.1.7 in',
    'allow tcp 3493 0.0.0.0/0 any 0.0.0.0/0 NUT - in_eth0',
  ])('with the rule %s: no command, and no word that it is open', (tuple) => {
    const hint = ufwHint(rule('deny tcp 22 0.0.0.0/0 any 0.0.0.0/0 in', tuple), ALL);
    expect(hint).toMatchObject({ hasRule: true });
    expect(hint).not.toHaveProperty('command');
    expect(textIn(hint?.text)).not.toMatch(/open/i);
  });

  test.each([
    'deny tcp 3493 0.0.0.0/0 any 0.0.0.0/0 in',
    'allow udp 3493 0.0.0.0/0 any 0.0.0.0/0 in',
    'allow tcp 3493 0.0.0.0/0 any 0.0.0.0/0 out',
    'allow tcp any 0.0.0.0/0 3493 0.0.0.0/0 out',
    'allow tcp any 0.0.0.0/0 3493 0.0.0.0/0 in',
    'route:allow tcp 3493 0.0.0.0/0 any 0.0.0.0/0 in',
    'allow tcp 80,3400:3492 0.0.0.0/0 any 0.0.0.0/0 in',
  ])('with the rule %s, which lets nobody in there', (tuple) => {
    expect(ufwHint(rule(tuple), ALL)).toMatchObject({ hasRule: false });
  });
});

describe('firewalld', () => {
  const zone = (ports: string, services = 'ssh dhcpv6-client', rich = ''): string =>
    `public (default, active)\n  target: default\n  services: ${services}\n  ports: ${ports}\n  rich rules: \n${rich}`;

  test.each(['', 'not running\n'])('that says %j is none', (state) => {
    expect(firewalldHint(state, '', ALL)).toBeUndefined();
  });

  test('that runs, with the command for everybody, and for those who are allowed', () => {
    expect(commandOf(firewalldHint('running\n', '', ALL))).toBe(
      'sudo firewall-cmd --permanent --add-port=3493/tcp && sudo firewall-cmd --reload',
    );
    expect(commandOf(firewalldHint('running\n', zone('22/tcp 3493/udp 3400-3492/tcp'), SOME))).toBe(
      `sudo firewall-cmd --permanent ${[
        `--add-rich-rule='rule family="ipv4" source address="192.168.1.0/24" port port="3493" protocol="tcp" accept'`,
        `--add-rich-rule='rule family="ipv6" source address="fd00::/8" port port="3493" protocol="tcp" accept'`,
      ].join(' ')} && sudo firewall-cmd --reload`,
    );
  });

  test.each([
    zone('22/tcp 3493/tcp'),
    zone('1025-65535/udp 1025-65535/tcp'),
    zone('', 'ssh nut'),
    zone('', 'ssh', '\trule family="ipv4" source address="192.168.1.7" port port="3493" protocol="tcp" accept\n'),
  ])('with a rule for the port: %j', (list) => {
    expect(firewalldHint('running\n', list, ALL)).toMatchObject({ hasRule: true });
  });

  test('its service of NUT is about its own port only', () => {
    expect(firewalldHint('running\n', zone('', 'nut'), { ...ALL, port: 3999 })).toMatchObject({ hasRule: false });
  });
});

describe('nftables', () => {
  const chain = (family: string, more: object = {}, name = 'input', table = 'filter') => ({
    chain: { family, table, name, handle: 1, type: 'filter', hook: 'input', prio: 0, policy: 'drop', ...more },
  });
  const ruleOf = (family: string, ...expr: object[]) => ({
    rule: { family, table: 'filter', chain: 'input', handle: 2, expr },
  });
  const dport = (right: unknown, protocol = 'tcp') => ({
    match: { op: '==', left: { payload: { protocol, field: 'dport' } }, right },
  });
  const listing = (...items: object[]): string =>
    JSON.stringify({
      nftables: [{ metainfo: { version: '1.0.6' } }, { table: { family: 'inet', name: 'filter' } }, ...items],
    });

  test.each([
    ['nothing', listing()],
    ['what cannot be read', 'Error: syntax error'],
    ['what is no list of rules', '{"nftables":3}'],
    ['a chain for what goes through', listing(chain('inet', { hook: 'forward' }))],
    ['a chain for what is no IP', listing(chain('arp'), chain('bridge'))],
    [
      'a chain that lets through what no rule is about',
      listing(chain('inet', { policy: 'accept' }), ruleOf('inet', dport(22), { drop: null })),
    ],
  ])('%s is none', (_, text) => {
    expect(nftHint(text, ALL)).toBeUndefined();
  });

  test('that drops, with the command for everybody, and for those who are allowed', () => {
    expect(commandOf(nftHint(listing(chain('inet')), ALL))).toBe(
      "sudo nft 'insert rule inet filter input tcp dport 3493 accept'",
    );
    expect(commandOf(nftHint(listing(chain('inet')), SOME))).toBe(
      "sudo nft 'insert rule inet filter input ip saddr { 192.168.1.0/24 } tcp dport 3493 accept' && " +
        "sudo nft 'insert rule inet filter input ip6 saddr { fd00::/8 } tcp dport 3493 accept'",
    );
    expect(commandOf(nftHint(listing(chain('ip'), chain('ip6')), ONE))).toBe(
      "sudo nft 'insert rule ip filter input ip saddr { 192.168.1.7 } tcp dport 3493 accept'",
    );
    expect(textIn(nftHint(listing(chain('inet')), ALL)?.text)).toContain('until the next start');
  });

  test('that is about the other kind of addresses keeps nobody out who is allowed', () => {
    expect(nftHint(listing(chain('ip6')), ONE)).toBeUndefined();
  });

  test('that refuses in its last rule', () => {
    const last = ruleOf('ip', { counter: { packets: 0 } }, { reject: { type: 'icmp' } });
    expect(nftHint(listing(chain('ip', { policy: 'accept' }), last), ALL)).toMatchObject({ hasRule: false });
  });

  test('of iptables gets commands of iptables', () => {
    const both = listing(chain('ip', {}, 'INPUT'), chain('ip6', {}, 'INPUT'));
    expect(commandOf(nftHint(both, ALL))).toBe(
      'sudo iptables -I INPUT -p tcp --dport 3493 -j ACCEPT && sudo ip6tables -I INPUT -p tcp --dport 3493 -j ACCEPT',
    );
    expect(commandOf(nftHint(both, ONE))).toBe('sudo iptables -I INPUT -s 192.168.1.7 -p tcp --dport 3493 -j ACCEPT');
  });

  test.each([3493, { set: [22, 3493] }, { range: [3000, 4000] }, { set: [22, { range: [3000, 4000] }] }])(
    'with a rule for port %j',
    (right) => {
      const text = listing(chain('inet'), ruleOf('inet', dport(right), { counter: {} }, { accept: null }));
      expect(nftHint(text, ALL)).toMatchObject({ hasRule: true });
    },
  );

  test.each([
    ruleOf('inet', dport(22), { accept: null }),
    ruleOf('inet', dport(3493), { drop: null }),
    ruleOf('inet', dport(3493, 'udp'), { accept: null }),
    ruleOf('inet', dport({ range: [3400, 3492] }), { accept: null }),
    ruleOf('inet', dport('@ports'), { accept: null }),
    ruleOf('inet', { match: { ...dport(3493).match, op: '!=' } }, { accept: null }),
  ])('with %j, which lets nobody in there', (rule) => {
    expect(nftHint(listing(chain('inet'), rule), ALL)).toMatchObject({ hasRule: false });
  });

  test('with a rule in another chain, which counts where what comes in may get there', () => {
    const { rule } = ruleOf('inet', dport(3493), { accept: null });
    const hintWith = (hook: string | undefined): FirewallHint | undefined =>
      nftHint(listing(chain('inet'), chain('inet', { hook }, 'other'), { rule: { ...rule, chain: 'other' } }), ALL);
    expect(hintWith(undefined)).toMatchObject({ hasRule: true });
    expect(hintWith('output')).toMatchObject({ hasRule: false });
    expect(hintWith('forward')).toMatchObject({ hasRule: false });
  });
});

describe('iptables', () => {
  const open = '-P INPUT ACCEPT\n-A INPUT -p tcp -m tcp --dport 22 -j DROP\n';
  const drops = '-P INPUT DROP\n-A INPUT -i lo -j ACCEPT\n';

  test.each([
    ['', ''],
    [open, open],
  ])('%j is none', (four, six) => {
    expect(iptablesHint({ 4: four, 6: six }, ALL)).toBeUndefined();
  });

  test('that drops or refuses at the end', () => {
    const refuses = `${open}-A INPUT -j REJECT --reject-with icmp-host-prohibited\n`;
    expect(commandOf(iptablesHint({ 4: drops, 6: open }, ALL))).toBe(
      'sudo iptables -I INPUT -p tcp --dport 3493 -j ACCEPT',
    );
    expect(commandOf(iptablesHint({ 4: refuses, 6: drops }, SOME))).toBe(
      'sudo iptables -I INPUT -s 192.168.1.0/24 -p tcp --dport 3493 -j ACCEPT && sudo ip6tables -I INPUT -s fd00::/8 -p tcp --dport 3493 -j ACCEPT',
    );
    expect(iptablesHint({ 4: open, 6: drops }, ONE)).toBeUndefined();
  });

  test('with a rule for the port', () => {
    const rules = [
      `${drops}-A INPUT -p tcp -m tcp --dport 3493 -j ACCEPT\n`,
      `${drops}-A INPUT -s 192.168.1.0/24 -p tcp -m multiport --dports 22,3000:4000 -j ACCEPT\n`,
    ];
    for (const four of rules) expect(iptablesHint({ 4: four, 6: drops }, ALL)).toMatchObject({ hasRule: true });
    const others = [
      '-p tcp -m tcp --dport 34930',
      '-p tcp -m tcp ! --dport 3493',
      '! -p tcp -m multiport --dports 3493',
    ];
    for (const other of others) {
      const four = `${drops}-A INPUT ${other} -j ACCEPT\n`;
      expect(iptablesHint({ 4: four, 6: '' }, ALL)).toMatchObject({ hasRule: false });
    }
  });
});

describe('Windows', () => {
  test.each(['', '0 0\r\n', 'Get-NetFirewallProfile : not recognized'])('an answer of %j is none', (answer) => {
    expect(windowsHint(answer, ALL)).toBeUndefined();
  });

  test('that is on, with the command for everybody, and for those who are allowed', () => {
    expect(commandOf(windowsHint('3 0\r\n', ALL))).toBe(
      "New-NetFirewallRule -DisplayName 'Ridethrough NUT 3493' -Direction Inbound -Protocol TCP -LocalPort 3493 -Action Allow",
    );
    expect(commandOf(windowsHint('1 0\r\n', SOME))).toContain(
      "-RemoteAddress '192.168.1.0/24','fd00::/8' -Action Allow",
    );
    expect(textIn(windowsHint('3 0\r\n', ALL)?.text)).toContain('PowerShell as administrator');
  });

  test('the rule that the command makes is the one that is looked for', () => {
    expect(windowsQuestion(ALL)).toContain("-DisplayName 'Ridethrough NUT 3493'");
    expect(windowsHint('3 1\r\n', ALL)).toMatchObject({ hasRule: true });
  });
});

describe('macOS', () => {
  const program = "/Applications/It's.app/Contents/MacOS/Ridethrough";

  test.each(['', 'Firewall is disabled. (State = 0)\n'])('%j is none', (state) => {
    expect(macHint(state, program, ALL)).toBeUndefined();
  });

  test('that is on lets a program through, not a port', () => {
    expect(commandOf(macHint('Firewall is enabled. (State = 1)\n', program, SOME))).toBe(
      ['--add', '--unblockapp']
        .map(
          (option) =>
            String.raw`sudo /usr/libexec/ApplicationFirewall/socketfilterfw ${option} '/Applications/It'\''s.app/Contents/MacOS/Ridethrough'`,
        )
        .join(' && '),
    );
  });

  test('that blocks all is told, with no command', () => {
    const hint = macHint('Firewall is enabled. (State = 2)\n', program, ALL);
    expect([commandOf(hint), textIn(hint?.text)]).toEqual([undefined, expect.stringContaining('blocks all')]);
  });
});
