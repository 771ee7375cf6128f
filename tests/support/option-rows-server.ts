/** The options of this computer's NUT server. */
import { containing, fileOf, monitorOf, YES_NO, type Row } from './option-rows.ts';

export const SERVER_ROWS: Readonly<Record<string, Row>> = {
  'server.rmonitor': {
    default: 'false',
    ...YES_NO,
    means: [
      ['no', ({ conf }) => conf.upsd.listen.map(({ address }) => address), ['127.0.0.1', '::1']],
      ['yes', ({ conf }) => conf.upsd.listen.map(({ address }) => address), ['0.0.0.0', '::0']],
      ['yes', fileOf('upsd.conf'), containing('LISTEN "0.0.0.0" 3493\nLISTEN "::0" 3493')],
    ],
  },
  'server.allow': {
    default: '',
    taken: [
      '192.168.1.7',
      ['192.168.1.0/24, fd00::/8\n2001:db8::7', '192.168.1.0/24,fd00::/8,2001:db8::7'],
      '::ffff:c0a8:107',
      '0.0.0.0/0,::/0',
    ],
    refused: [
      '192.168.1',
      '192.168.1.7:3493',
      '192.168.1.0/33',
      '192.168.1.0/24,nas.example',
      '192.168.001.7',
      '10.0.0.0/255.0.0.0',
      'fd00::/129',
      '[fd00::7]',
      'fe80::1%eth0',
      '::ffff:192.168.1.7',
    ].map((given) => [given, /Write addresses such as 192\.168\.1\.7 or fd00::7, or networks/] as const),
  },
  'server.announce': { default: 'true', ...YES_NO },
  'server.remoteport': {
    default: '3493',
    taken: ['1', '65535'],
    refused: [
      ['0', /a port/],
      ['65536', /a port/],
      ['x', /a port/],
    ],
    means: [
      ['3999', ({ conf }) => conf.upsd.listen.map(({ port }) => port), [3999, 3999]],
      ['3999', monitorOf, { port: 3999 }],
      ['3999', fileOf('upssched.conf'), containing('AT ONBATT "ups@localhost:3999"')],
    ],
  },
  'server.monuser': {
    default: 'upsmon',
    taken: ['mon'],
    refused: [
      ['a b', /a name without blanks/],
      ['a#b', /a name/],
      ['[a]', /a name/],
    ],
    means: [
      ['mon', ({ conf }) => conf.users[0], { name: 'mon', upsmon: 'primary' }],
      ['mon', monitorOf, { user: 'mon' }],
    ],
  },
  'server.monpwd': {
    default: '(set)',
    taken: [
      ["a'b$c%d", '(set)'],
      ['', '(not set)'],
    ],
    refused: [
      ['a b', /cannot be "…"/],
      ['a#b', /cannot be "…"/],
    ],
    means: [
      ["a'b$c%d", ({ conf }) => conf.users[0], { password: "a'b$c%d" }],
      ["a'b$c%d", monitorOf, { password: "a'b$c%d" }],
      ["a'b$c%d", fileOf('upsd.users'), containing('password = "a\'b$c%d"')],
    ],
  },
  'server.extrausers': {
    default: '',
    taken: [
      [
        '[nas]\n password = pw\n upsmon slave\n[admin]\n password=x\n actions = SET FSD\n instcmds = all\n',
        '[nas]\n  password = "(set)"\n  upsmon secondary\n\n[admin]\n  password = "(set)"\n  actions = SET FSD\n  instcmds = ALL\n',
      ],
    ],
    refused: [
      ['[nas]\n password = pw\n actions = WIN', /server\.extrausers:3: WIN is no action/],
      ['[nas]\n upsmon boss', /server\.extrausers:2: boss is no role/],
      ['[upsmon]\n password = x', /a name that no other account has/],
    ],
    means: [
      [
        '[nas]\n password = pw\n upsmon slave\n',
        ({ conf }) => conf.users[1],
        { name: 'nas', password: 'pw', upsmon: 'secondary', actions: new Set(['LOGIN']) },
      ],
      [
        '[admin]\n password = pw\n actions = SET\n instcmds = load.off\n',
        ({ conf }) => conf.users[1],
        { actions: new Set(['SET']), instcmds: new Set(['load.off']) },
      ],
    ],
  },
  'server.optionsupsd': {
    default: '',
    taken: ['MAXAGE 25', 'MAXCONN 5\nTRACKINGDELAY 60'],
    refused: [
      ['MAXAGE many', /server\.optionsupsd, line 1: MAXAGE cannot be "many" \(write a whole number\)/],
      ['MAXCONN 0', /line 1: MAXCONN cannot be "0"/],
      ['MAXAGE 25\nLISTEN 127.0.0.1:3500', /line 2: LISTEN cannot be "127\.0\.0\.1:3500"/],
      ['MAXAGE = 25', /line 1: MAXAGE takes no = sign/],
    ],
    means: [
      ['MAXAGE 25', ({ conf }) => conf.upsd.maxAge, 25],
      ['MAXCONN 5', ({ conf }) => conf.upsd.maxConn, 5],
      ['LISTEN 127.0.0.2 3500', ({ conf }) => conf.upsd.listen.at(-1), { address: '127.0.0.2', port: 3500 }],
      ['', ({ conf }) => conf.upsd.disableWeakSsl, true],
      ['DISABLE_WEAK_SSL no', ({ conf }) => conf.upsd.disableWeakSsl, false],
    ],
  },
};
