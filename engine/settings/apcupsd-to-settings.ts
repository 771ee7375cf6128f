/** An apcupsd.conf as settings, as far as its directives have a meaning here. Grammar: `NAME VALUE`, `#` for comments. */
import { phrase } from '#domain/messages/message.ts';
import { LONGEST_TIMER, LONGEST_WAIT } from '#domain/schema/settings/ups-settings.ts';
import { quote } from '#engine/nut/words.ts';
import type { Moved } from './move-in.ts';
import { knownIdentifier, Moving } from './moving.ts';
import { isLoopback } from './nut-conf/loopback.ts';
import { NO_COMMAND } from './shutdown-commands.ts';
import type { Group } from './stored-settings.ts';

interface Directive {
  readonly value: string;
  readonly line: number;
}

/** Directives that concern apcupsd's own files, programs and the memory of the UPS. */
const WITHOUT_MEANING = new Set(
  `LOCKFILE SCRIPTDIR PWRFAILDIR NOLOGINDIR ANNOY ANNOYDELAY NOLOGON EVENTSFILE EVENTSFILEMAX UPSCLASS UPSMODE STATTIME
  STATFILE LOGSTATS DATATIME FACILITY POLLTIME NETTIME WAKEUP SLEEP SELFTEST BATTDATE SENSITIVITY BEEPSTATE RETURNCHARGE
  HITRANSFER LOTRANSFER OUTPUTVOLTS LOWBATT MANDATE CONTROL USERMAGIC`.split(/\s+/),
);

/** Cables of the simple signalling kind and what `genericups` calls them. */
const GENERIC_TYPES: readonly (readonly [RegExp, number])[] = [
  [/^940-0095[AC]$/, 1],
  [/^(?:940-0020[BC]|simple)$/, 2],
  [/^940-0023A$/, 9],
  [/^940-0119A$/, 12],
];

export function fromApcupsdConf(text: string, file: string): Moved {
  const moving = new Moving();
  const given = readDirectives(text);
  const reader = new Reader(given, file, moving);
  const name = reader.text('UPSNAME');
  const timing = timingOf(reader, moving);
  const ups: Group = {
    identifier: name === '' ? 'ups' : knownIdentifier(name, moving),
    mode: 'MASTER',
    ...attachmentOf(reader, moving),
    remotehost: '',
    ...NO_COMMAND,
    ...timing,
    shutdownignore: moving.upTo(LONGEST_WAIT, 'ONBATTERYDELAY', reader.seconds('ONBATTERYDELAY', 6)),
    powerdown: reader.seconds('KILLDELAY', 0) > 0,
  };
  tellServer(reader, moving);
  for (const [directive] of given) {
    if (!reader.asked.has(directive) && !WITHOUT_MEANING.has(directive)) {
      moving.note(phrase('import.unknown-key', { key: directive }));
    }
  }
  return moving.moved([ups], {});
}

/** The last line of a name counts. */
function readDirectives(text: string): Map<string, Directive> {
  const directives = new Map<string, Directive>();
  text.split(/\r?\n/).forEach((line, index) => {
    const [, name, value = ''] = /^\s*([A-Za-z]\w*)(?:\s+(.*?))?\s*$/.exec(line.replace(/#.*$/, '')) ?? [];
    if (name !== undefined) directives.set(name.toUpperCase(), { value, line: index + 1 });
  });
  return directives;
}

class Reader {
  readonly asked = new Set<string>();
  readonly #given: ReadonlyMap<string, Directive>;
  readonly #file: string;
  readonly #moving: Moving;

  constructor(given: ReadonlyMap<string, Directive>, file: string, moving: Moving) {
    this.#given = given;
    this.#file = file;
    this.#moving = moving;
  }

  text(name: string): string {
    this.asked.add(name);
    return this.#given.get(name)?.value ?? '';
  }

  /** A whole number; apcupsd's own where there is none. */
  seconds(name: string, otherwise: number): number {
    const text = this.text(name);
    if (text === '') return otherwise;
    if (/^-?\d{1,9}$/.test(text)) return Number(text);
    this.refuse(name, phrase('expected.whole-number', {}));
    return otherwise;
  }

  refuse(name: string, expected: ReturnType<typeof phrase>): void {
    const { value, line } = this.#given.get(name) ?? { value: '', line: 1 };
    this.#moving.problem({
      path: [],
      severity: 'error',
      reason: phrase('error.settings/bad-line', {
        file: this.#file,
        line,
        reason: phrase('problem.bad-value', { name, value }),
      }),
      fix: phrase('fix.bad-value', { expected }),
    });
  }
}

/** apcupsd takes whichever of the three comes first; so do we. */
function timingOf(reader: Reader, moving: Moving): Group {
  const charge = reader.seconds('BATTERYLEVEL', 5);
  const minutes = reader.seconds('MINUTES', 3);
  const timeout = reader.seconds('TIMEOUT', 0);
  return {
    shutdowncharge: charge < 0 ? 0 : moving.upTo(99, 'BATTERYLEVEL', charge),
    shutdownruntime: minutes < 0 ? 0 : moving.upTo(LONGEST_TIMER, 'MINUTES', minutes * 60),
    ...(timeout > 0
      ? { shutdown: 'BATT', shutdowntimer: moving.upTo(LONGEST_TIMER, 'TIMEOUT', timeout) }
      : { shutdown: 'LOWBATT', shutdowntimer: undefined }),
  };
}

/** Driver and port of NUT for a kind of UPS and its device. */
function attachmentOf(reader: Reader, moving: Moving): Group {
  const cable = reader.text('UPSCABLE');
  const device = reader.text('DEVICE');
  const type = reader.text('UPSTYPE').toLowerCase();
  const by = (driver: string, port: string, options: readonly string[] = []): Group => {
    moving.note(phrase('import.driver', { type, driver, port }));
    return { driver, port, options: options.join('\n') };
  };
  switch (type) {
    case 'usb':
      return by('usbhid-ups', device.startsWith('/dev/hidraw') ? device : 'auto');
    case 'apcsmart':
      return by('apcsmart', device);
    case 'dumb': {
      const upstype = GENERIC_TYPES.find(([pattern]) => pattern.test(cable))?.[1];
      if (upstype === undefined) reader.refuse('UPSCABLE', phrase('expected.known-cable', {}));
      return by('genericups', device, [`upstype = ${upstype ?? 1}`]);
    }
    case 'modbus': {
      const isNetwork = /^[^/].*:\d+$/.test(device);
      const isSerial = device.startsWith('/dev/tty');
      return by('apc_modbus', device === '' ? 'auto' : device, [
        `porttype = ${isNetwork ? 'tcp' : isSerial ? 'serial' : 'usb'}`,
      ]);
    }
    case 'net':
      return by('apcupsd-ups', device);
    case 'snmp': {
      const [host = '', port = '', , community = ''] = device.split(':');
      return by('snmp-ups', port === '' || port === '161' ? host : `${host}:${port}`, [
        ...(community === '' ? [] : [`community = ${quote(community)}`]),
      ]);
    }
    default:
      reader.refuse('UPSTYPE', phrase('expected.one-of', { values: 'usb, apcsmart, dumb, modbus, net, snmp' }));
      return by('usbhid-ups', 'auto');
  }
}

/** Its network protocol is another one: whoever asked there has to ask here by NUT's. */
function tellServer(reader: Reader, moving: Moving): void {
  const isOn = reader.text('NETSERVER').toLowerCase() === 'on';
  const address = reader.text('NISIP');
  const port = reader.seconds('NISPORT', 3551);
  if (isOn && !isLoopback(address)) moving.note(phrase('import.nis', { port }));
}
