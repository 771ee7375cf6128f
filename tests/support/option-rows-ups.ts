/** The options of a UPS. */
import { containing, fileOf, lacking, LONG, monitorOf, shutdownCmdOf, upsOf, YES_NO, type Row } from './option-rows.ts';

const TIMER: Row['refused'] = [
  ['-1', /Write a number from 0/],
  ['86401', /Write a number up to 86400/],
  ['1.5', /Write a whole number/],
  ['soon', /Write a whole number/],
];
export const UPS_ROWS: Readonly<Record<string, Row>> = {
  'ups.0.identifier': {
    default: 'ups',
    taken: ['qnapups', 'Office-2.main_rack'],
    refused: [
      ['a,b', /cannot be "a,b"\. Write letters, digits, "\.", "-" and "_"/],
      ['a|b', /Write letters/],
      ['a b', /Write letters/],
      ['default', /Write another name; NUT keeps/],
      [LONG, /no more than 120 characters/],
    ],
    means: [
      ['office', upsOf, { name: 'office' }],
      ['office', monitorOf, { ups: 'office' }],
      ['office', fileOf('upssched.conf'), containing('AT ONBATT "office"')],
    ],
  },
  'ups.0.aliases': {
    default: '',
    taken: ['qnapups', ['qnapups nas.2', 'qnapups,nas.2']],
    refused: [
      ['a+b', /Write letters, digits/],
      ['default', /Write another name; NUT keeps/],
      ['UPS', /a name that no other UPS has, and that is no alias/],
      ['a,A', /a name that no other UPS has, and that is no alias/],
      [LONG, /no more than 120 characters/],
    ],
    means: [
      ['qnapups', upsOf, { name: 'ups', aliases: ['qnapups'] }],
      ['qnapups', fileOf('ups.conf'), containing('[qnapups]\n  driver = "dummy-ups"\n  port = "ups@localhost"\n')],
    ],
  },
  'ups.0.mode': {
    default: 'MASTER',
    taken: ['MASTER', 'SLAVE'],
    with: [['ups.0.remotehost', 'nas']],
    refused: [
      ['primary', /Write one of MASTER, SLAVE/],
      ['slave', /Write one of MASTER, SLAVE/],
    ],
    means: [
      ['MASTER', monitorOf, { role: 'primary', host: 'localhost' }],
      ['MASTER', ({ conf }) => conf.nut.mode, 'netserver'],
      ['SLAVE', monitorOf, { role: 'secondary', host: 'nas' }],
      ['SLAVE', ({ conf }) => [conf.nut.mode, conf.ups], ['netclient', []]],
      ['SLAVE', ({ files }) => Object.keys(files).includes('ups.conf'), false],
    ],
  },
  'ups.0.driver': {
    default: 'usbhid-ups',
    taken: ['usbhid-ups$CP1500EPFCLCD', 'genericups upstype=4$APC'],
    refused: [
      ['', /ups\.0\.driver is not set, but ups\.0\.mode is "MASTER"/],
      ['ümlaut', /one line of letters, digits and signs without accents/],
    ],
    means: [
      ['usbhid-ups$Back-UPS', upsOf, { driver: 'usbhid-ups', options: {} }],
      ['genericups upstype=4$Some (remark) model', upsOf, { driver: 'genericups', options: { upstype: '4' } }],
      ['blazer_ser or blazer_usb', upsOf, { driver: 'blazer_ser' }],
    ],
  },
  'ups.0.port': {
    default: 'auto',
    taken: ['/dev/ttyS0', 'recording:/tmp/ä b', 'ups.example:161'],
    refused: [
      ['', /ups\.0\.port is not set, but ups\.0\.mode is "MASTER"/],
      ['x'.repeat(1025), /no more than 1024/],
    ],
    means: [
      ['/dev/ttyUSB0', upsOf, { port: '/dev/ttyUSB0' }],
      ['recording:/tmp/ä "b" \\', upsOf, { port: 'recording:/tmp/ä "b" \\' }],
      ['y'.repeat(600), upsOf, { port: 'y'.repeat(600) }],
    ],
  },
  'ups.0.remotehost': {
    as: 'secondary',
    default: 'nas',
    taken: ['192.0.2.7', 'fe80::1', 'nas.example.'],
    refused: [
      ['', /remotehost is not set, but ups\.0\.mode is "SLAVE"/],
      ['nas:3493', /a host name or an address, without port/],
      ['http://nas', /a host name/],
      ['[::1]', /a host name/],
      ['a b', /a host name/],
    ],
    means: [
      ['fe80::1', monitorOf, { host: 'fe80::1' }],
      ['fe80::1', fileOf('upsmon.conf'), containing('MONITOR "ups@[fe80::1]" 1')],
    ],
  },
  'ups.0.remoteport': {
    as: 'secondary',
    default: '3493',
    taken: ['1', '65535'],
    refused: [
      ['0', /a port from 1 to 65535/],
      ['65536', /a port/],
      ['nut', /a port/],
    ],
    means: [['3494', monitorOf, { port: 3494 }]],
  },
  'ups.0.monuser': {
    as: 'secondary',
    default: 'upsmon',
    taken: ['nas-1'],
    refused: [
      ['two words', /a name without blanks/],
      ['a#b', /a name without blanks/],
      ['x'.repeat(51), /no more than 50/],
    ],
    means: [['nas-1', monitorOf, { user: 'nas-1' }]],
  },
  'ups.0.monpwd': {
    as: 'secondary',
    default: '(set)',
    taken: [
      ["pw'$%/[x]", '(set)'],
      ['fixmepass', '(set)'],
      ['', '(not set)'],
    ],
    refused: [
      ['two words', /cannot be "…".*no blank, no quote/],
      ['a#b', /cannot be "…"/],
      ['pässword', /without accents/],
      // upsmon sends it as it is, and the grammar of the protocol would eat it.
      ['a=b', /no quote and none of/],
      ['a\\b', /none of/],
      ['a"b', /none of/],
    ],
    means: [["pw'$%/[x]", monitorOf, { password: "pw'$%/[x]" }]],
  },
  'ups.0.shutdown': {
    default: 'BATT',
    taken: ['BATT', 'LOWBATT'],
    refused: [['batt', /Write one of BATT, LOWBATT/]],
    means: [
      ['BATT', fileOf('upssched.conf'), containing('START-TIMER shutdown-ups 30')],
      ['LOWBATT', ({ files }) => Object.hasOwn(files, 'upssched.conf'), false],
      ['LOWBATT', ({ conf }) => conf.upsmon?.notifyCmd, undefined],
    ],
  },
  'ups.0.shutdowntimer': {
    default: '30',
    taken: ['0', '86400'],
    refused: TIMER,
    means: [
      ['300', fileOf('upssched.conf'), containing('AT ONBATT "ups" START-TIMER shutdown-ups 300')],
      ['0', fileOf('upssched.conf'), containing('START-TIMER shutdown-ups 0')],
    ],
  },
  'ups.0.shutdowncmd': {
    default: '',
    taken: ['/usr/local/bin/bye "now" \\ #'],
    refused: [
      ['a\nb', /Write one line/],
      ['x'.repeat(1025), /no more than 1024/],
    ],
    means: [
      ['', ({ conf }) => conf.upsmon?.shutdownCmd, '/sbin/shutdown -P now'],
      ['say "bye"', fileOf('upsmon.conf'), containing('SHUTDOWNCMD "say \\"bye\\""')],
    ],
  },
  'ups.0.shutdownbefore': {
    default: '',
    taken: ['/usr/local/bin/vms "stop" \\ #'],
    refused: [
      ['a\nb', /Write one line/],
      ['x'.repeat(1025), /no more than 1024/],
    ],
    means: [
      ["say 'bye'", shutdownCmdOf, `timeout -k 5 30 sh -c 'say '\\''bye'\\'''; sh -c '/sbin/shutdown -P now'`],
      // No word of NUT holds it.
      ['é', shutdownCmdOf, '/sbin/shutdown -P now'],
    ],
  },
  'ups.0.shutdownafter': {
    default: '',
    taken: ['echo > /run/gone'],
    refused: [
      ['a\nb', /Write one line/],
      ['x'.repeat(1025), /no more than 1024/],
    ],
    means: [['say bye', shutdownCmdOf, `sh -c '/sbin/shutdown -P now' && timeout -k 5 30 sh -c 'say bye'`]],
  },
  'ups.0.shutdownextratimeout': {
    default: '30',
    taken: ['1', '3600'],
    refused: [
      ['0', /a number from 1/],
      ['3601', /up to 3600/],
    ],
    with: [['ups.0.shutdownbefore', 'true']],
    means: [['7', shutdownCmdOf, `timeout -k 5 7 sh -c 'true'; sh -c '/sbin/shutdown -P now'`]],
  },
  'ups.0.shutdownaction': {
    default: 'shutdown',
    taken: ['hibernate', 'sleep', 'hybrid-sleep', 'restart', 'nothing'],
    refused: [
      ['explode', /Write one of shutdown, hibernate/],
      ['command', /shutdowncmd is not set, but ups\.0\.shutdownaction is "command"/],
    ],
    means: [
      ['hibernate', ({ conf }) => conf.upsmon?.shutdownCmd, '/bin/systemctl hibernate'],
      ['sleep', ({ conf }) => conf.upsmon?.shutdownCmd, '/bin/systemctl suspend'],
      ['hybrid-sleep', ({ conf }) => conf.upsmon?.shutdownCmd, '/bin/systemctl hybrid-sleep'],
      ['restart', ({ conf }) => conf.upsmon?.shutdownCmd, '/sbin/shutdown -r now'],
      ['nothing', monitorOf, { powerValue: 0 }],
      ['nothing', ({ conf }) => conf.upsmon?.minSupplies, 0],
      ['nothing', ({ files }) => Object.hasOwn(files, 'upssched.conf'), false],
    ],
  },
  'ups.0.shutdowncharge': {
    default: '0',
    taken: ['99'],
    refused: [
      ['100', /up to 99/],
      ['-1', /from 0/],
    ],
  },
  'ups.0.shutdownruntime': { default: '0', taken: ['86400'], refused: TIMER },
  'ups.0.shutdownignore': {
    default: '0',
    taken: ['3600'],
    refused: [
      ['3601', /up to 3600/],
      ['-1', /from 0/],
    ],
  },
  'ups.0.powerdown': {
    default: 'false',
    ...YES_NO,
    means: [
      ['yes', fileOf('upsmon.conf'), containing('POWERDOWNFLAG "/etc/killpower"')],
      ['no', fileOf('upsmon.conf'), lacking('POWERDOWNFLAG')],
    ],
  },
  'ups.0.nocommwarntime': {
    default: '',
    taken: ['1', '86400'],
    refused: [
      ['0', /a number from 1/],
      ['86401', /up to 86400/],
    ],
    means: [
      ['', ({ conf }) => conf.upsmon?.noCommWarnTime, 300],
      ['60', fileOf('upsmon.conf'), containing('NOCOMMWARNTIME 60')],
    ],
  },
  'ups.0.hostsync': {
    default: '15',
    taken: ['0', '3600'],
    refused: [
      ['-1', /from 0/],
      ['3601', /up to 3600/],
    ],
    means: [['60', fileOf('upsmon.conf'), containing('HOSTSYNC 60')]],
  },
  'ups.0.description': {
    default: '',
    taken: ['The "big" one # = \\', 'USV im Büro', 'Onduleur côté rue', '書斎'],
    refused: [
      [LONG, /no more than 120/],
      ['a\nb', /one line/],
    ],
    means: [
      ['The "big" one # = \\', upsOf, { description: 'The "big" one # = \\' }],
      ['Größe № 1, côté', upsOf, { description: 'Größe № 1, côté' }],
      ['Größe № 1, côté', fileOf('ups.conf'), containing('desc = "Groesse No 1, cote"')],
      ['The "big" one # = \\', fileOf('ups.conf'), containing('desc = "The \\"big\\" one \\# = \\\\"')],
    ],
  },
  'ups.0.options': {
    default: '',
    taken: ['pollinterval = 10\nignorelb', 'override.battery.charge.low = 30'],
    refused: [
      ['lowbat = 3', /ups\.0\.options, line 1: lowbat is no option of usbhid-ups.*\(write lowbatt if that is meant\)/],
      ['pollonly\npollinterval', /ups\.0\.options, line 2: pollinterval needs a value \(write pollinterval = VALUE\)/],
      ['pollonly\n\npollinterval = fast', /line 3: pollinterval cannot be "fast" \(write a whole number\)/],
      ['[other]\n driver = x', /line 1: \[other\] begins another UPS \(add it as a UPS of its own\)/],
      ['vendor = "a#b"', /line 1: a # inside quotes/],
    ],
    means: [
      ['pollinterval = 10\nignorelb', upsOf, { options: { pollinterval: '10', ignorelb: true } }],
      ['override.battery.charge.low = 30', fileOf('ups.conf'), containing('override.battery.charge.low = "30"')],
    ],
  },
  'ups.0.emailnotify': { default: 'false', with: [['ups.0.toemail', 'a@example.org']], ...YES_NO },
  'ups.0.toemail': {
    default: '',
    taken: ['a@example.org', ['a@example.org; b@example.org,a@example.org', 'a@example.org;b@example.org']],
    refused: [
      ['nobody', /an e-mail address/],
      ['a@example.org;b@', /an e-mail address/],
    ],
  },
  'ups.0.subject': {
    default: 'UPS report generated by %h',
    taken: ['USV %h meldet: größer %d'],
    refused: [
      [LONG, /no more than 120/],
      ['a\r\nBcc: x@example.org', /one line/],
    ],
  },
};
