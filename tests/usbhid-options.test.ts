/**
 * Every option of NUT's usbhid-ups: written as the auxiliary parameters of the form, and what comes of it, seen from outside
 * of the engine: what it says of a unit, what it asks and tells the unit, what it logs. An option that can have no effect
 * here says so, and why. An option that the form takes and these tables do not have fails.
 */
import { describe, expect, test } from 'vitest';
import { de } from '#domain/messages/de.ts';
import { en } from '#domain/messages/en.ts';
import { fill, type MessageKey, type Phrase } from '#domain/messages/message.ts';
import { listOptions } from '#engine/drivers/driver-catalogue.ts';
import type { HidDeviceInfo } from '#engine/ports.ts';
import { checkSettings } from '#engine/settings/check-settings.ts';
import { optionsOf } from '#engine/settings/nut-conf/option-check.ts';
import { benchOf, settingsWith, type Bench } from './support/usbhid-bench.ts';

/** Reports of the CyberPower unit, and the bits of its status. */
const STATUS = 0x0b;
const SLOW = 0x0f;
const CHARGE = 0x08;
const ON_LINE = 0x11;
const AC_PRESENT = 0x01;
const DISCHARGING = 0x04;
const CHARGE_LOW = 0x08;

interface Row {
  /** As it stands in the field; the bare name unless said. */
  readonly line?: string;
  /** Lines that are there with it and without it. */
  readonly beside?: string;
  /** What comes of it. */
  readonly see: (bench: Bench) => Promise<unknown>;
  readonly expected: unknown;
  /** The same without the option. */
  readonly otherwise: unknown;
}

/** Of two units, the first of which would be taken, the one that the option asks for. */
const choosing = (line: string, second: Partial<HidDeviceInfo>): Row => ({
  line,
  see: async (bench) => {
    const usb = { bus: 1, address: 4, ports: '1.2' };
    bench.plug({ serialNumber: 'FIRST', usb, interfaceNumber: 0 });
    bench.plug({ path: '/dev/hidraw1', serialNumber: 'SECOND', usb, interfaceNumber: 0, ...second });
    await bench.start();
    return bench.value('ups.serial');
  },
  expected: 'SECOND',
  otherwise: 'FIRST',
});

const variable = (line: string, name: string, expected: string, otherwise: string | undefined): Row => ({
  line,
  see: async (bench) => {
    await bench.begin();
    return bench.value(name);
  },
  expected,
  otherwise,
});

/** The status while the unit says that it is on line and more. */
const saying = (bits: number, row: Omit<Row, 'see'>): Row => ({
  ...row,
  see: async (bench) => {
    const unit = await bench.begin();
    unit.send(STATUS, AC_PRESENT | bits);
    return bench.value('ups.status');
  },
});

/** How often it is told within a minute that the unit is on line and discharging, at 80 % charge. */
const toldOften = async (bench: Bench): Promise<number> => {
  const unit = bench.plug();
  unit.features.set(STATUS, Uint8Array.of(STATUS, AC_PRESENT | DISCHARGING));
  unit.features.set(CHARGE, Uint8Array.of(CHARGE, 80, 0x27, 0x09, 0x2c, 0x01));
  await bench.start();
  await bench.clock.advance(61_000);
  return bench.told('on line and discharging');
};

const askedIn = async (bench: Bench, ms: number, report: number): Promise<number> => {
  const unit = await bench.begin();
  unit.asked.length = 0;
  await bench.clock.advance(ms);
  return unit.asked.filter((id) => id === report).length;
};

/** What is told of a loss of the mains that the unit sends by itself. */
const statusOnceSent = async (bench: Bench): Promise<string | undefined> => {
  const unit = await bench.begin();
  unit.send(STATUS, DISCHARGING);
  return bench.value('ups.status');
};

/** What a Powercom unit is written for a command. */
const writing =
  (command: string) =>
  async (bench: Bench): Promise<unknown> => {
    const unit = await bench.begin('powercom');
    expect(await bench.run(command)).toBe('handled');
    return unit.written.at(-1);
  };

const EFFECTS: Readonly<Record<string, Row>> = {
  // --- every UPS -----------------------------------------------------------------------------------------------------
  'override.battery.charge.low': variable('override.battery.charge.low = 33', 'battery.charge.low', '33', '10'),
  'default.battery.date': variable('default.battery.date = 2024/05/01', 'battery.date', '2024/05/01', undefined),
  ignorelb: saying(CHARGE_LOW, { expected: 'OL', otherwise: 'OL LB' }),
  pollinterval: {
    line: 'pollinterval = 5',
    see: (bench) => askedIn(bench, 10_000, STATUS),
    expected: 2,
    otherwise: 5,
  },
  sdorder: {
    line: 'sdorder = -1',
    see: (bench) => Promise.resolve(bench.switchedOff()),
    expected: [],
    otherwise: ['ups'],
  },
  sdcommands: {
    line: 'sdcommands = beeper.disable',
    see: async (bench) => {
      const unit = await bench.begin();
      await bench.run('shutdown.default');
      return unit.written.map(([report]) => report);
    },
    expected: [0x0c],
    otherwise: [0x16, 0x15],
  },
  allow_killpower: {
    see: async (bench) => {
      await bench.begin();
      return bench.run('driver.killpower');
    },
    expected: 'handled',
    otherwise: 'invalid',
  },
  debug_min: variable('debug_min = 2', 'driver.debug', '2', '0'),
  reconnect_max_tries: {
    line: 'reconnect_max_tries = 3',
    see: async (bench) => {
      await bench.start();
      await bench.clock.advance(120_000);
      return bench.engine().store.get('ups')?.error?.code;
    },
    expected: 'driver/gave-up',
    otherwise: 'driver/no-device',
  },
  reconnect_report_freq: {
    line: 'reconnect_report_freq = 4',
    see: async (bench) => {
      await bench.start();
      await bench.clock.advance(120_000);
      return bench.told('Still trying') > 0;
    },
    expected: true,
    otherwise: false,
  },
  // --- which unit ----------------------------------------------------------------------------------------------------
  vendor: choosing('vendor = cyber.*', { manufacturer: 'Cyber Power' }),
  product: choosing('product = "PR 1500"', { product: 'PR 1500' }),
  serial: choosing('serial = SEC.*', {}),
  vendorid: choosing('vendorid = 051d', { vendorId: 0x051d }),
  productid: choosing('productid = 0601', { productId: 0x0601 }),
  bus: choosing('bus = 002', { usb: { bus: 2, address: 4, ports: '1.2' } }),
  device: choosing('device = 007', { usb: { bus: 1, address: 7, ports: '1.2' } }),
  busport: choosing('busport = 003', { usb: { bus: 1, address: 4, ports: '1.3' } }),
  usb_hid_rep_index: choosing('usb_hid_rep_index = 1', { interfaceNumber: 1 }),
  allow_duplicates: {
    see: async (bench) => {
      const before = bench.plug({ serialNumber: 'BEFORE' });
      await bench.start();
      bench.port.unplug(before);
      const other = bench.plug({ path: '/dev/hidraw1', serialNumber: 'OTHER' });
      bench.port.unplug(other);
      // Both are there at once, the other one first in the list.
      bench.port.attached.add(other);
      bench.port.plug(before);
      await bench.clock.advance(60_000);
      return bench.value('ups.serial');
    },
    expected: 'OTHER',
    otherwise: 'BEFORE',
  },
  subdriver: variable('subdriver = apc', 'driver.version.data', 'APC HID', 'CyberPower HID'),
  explore: {
    beside: 'vendorid = 0764',
    see: async (bench) => {
      await bench.begin();
      return [bench.value('battery.charge'), bench.told('UPS.PowerSummary.RemainingCapacity:')];
    },
    expected: [undefined, 2],
    otherwise: ['100', 0],
  },
  // --- how it is talked to -------------------------------------------------------------------------------------------
  pollfreq: { line: 'pollfreq = 30', see: (bench) => askedIn(bench, 60_000, SLOW), expected: 2, otherwise: 5 },
  pollonly: {
    see: statusOnceSent,
    expected: 'OL',
    otherwise: 'OB DISCHRG',
  },
  interruptonly: {
    see: async (bench) => {
      const unit = await bench.begin();
      unit.send(STATUS, ON_LINE);
      await bench.clock.advance(60_000);
      return [unit.asked.length > 0, bench.value('ups.status')];
    },
    expected: [false, 'OL'],
    otherwise: [true, 'OL'],
  },
  interrupt_pipe_no_events_tolerance: {
    line: 'interrupt_pipe_no_events_tolerance = 5',
    see: async (bench) => {
      const unit = await bench.begin();
      await bench.clock.advance(13_000);
      return unit.openCount;
    },
    expected: 2,
    otherwise: 1,
  },
  interruptsize: {
    line: 'interruptsize = 1',
    see: statusOnceSent,
    expected: 'OL',
    otherwise: 'OB DISCHRG',
  },
  waitbeforereconnect: {
    line: 'waitbeforereconnect = 30',
    see: async (bench) => {
      const unit = await bench.begin();
      bench.port.unplug(unit);
      bench.port.plug(unit);
      await bench.clock.advance(29_000);
      const soon = unit.openCount;
      await bench.clock.advance(2_000);
      return [soon, unit.openCount];
    },
    expected: [1, 2],
    otherwise: [2, 2],
  },
  // --- what is made of it --------------------------------------------------------------------------------------------
  lowbatt: variable('lowbatt = 35', 'battery.charge.low', '35', '10'),
  offdelay: variable('offdelay = 120', 'ups.delay.shutdown', '120', '60'),
  ondelay: variable('ondelay = 240', 'ups.delay.start', '240', '120'),
  onlinedischarge: saying(DISCHARGING, { expected: 'OB DISCHRG', otherwise: 'OL DISCHRG' }),
  onlinedischarge_onbattery: saying(DISCHARGING, { expected: 'OB DISCHRG', otherwise: 'OL DISCHRG' }),
  onlinedischarge_calibration: saying(DISCHARGING, { expected: 'CAL DISCHRG', otherwise: 'OL DISCHRG' }),
  onlinedischarge_log_throttle_sec: {
    line: 'onlinedischarge_log_throttle_sec = 20',
    see: toldOften,
    expected: 4,
    otherwise: 1,
  },
  onlinedischarge_log_throttle_hovercharge: {
    line: 'onlinedischarge_log_throttle_hovercharge = 75',
    see: toldOften,
    expected: 0,
    otherwise: 1,
  },
  lbrb_log_delay_sec: saying(DISCHARGING | CHARGE_LOW, {
    line: 'lbrb_log_delay_sec = 3',
    beside: 'onlinedischarge_calibration',
    expected: 'CAL DISCHRG',
    otherwise: 'CAL DISCHRG LB',
  }),
  lbrb_log_delay_without_calibrating: saying(CHARGE_LOW, {
    beside: 'lbrb_log_delay_sec = 3',
    expected: 'OL',
    otherwise: 'OL LB',
  }),
  disable_fix_report_desc: {
    // What the unit wrongly says of its ranges counts then, and no cure of it is told.
    see: async (bench) => {
      await bench.begin();
      return bench
        .engine()
        .store.get('ups')
        ?.notes.map(({ code }) => code);
    },
    expected: [],
    otherwise: ['cps-output-voltage-range', 'cps-nominal-power-range'],
  },
  powercom_sdcmd_byte_order_fallback: {
    beside: 'offdelay = 90',
    see: writing('shutdown.return'),
    expected: [0x0f, 0x01, 0x5e],
    otherwise: [0x0f, 0x5e, 0x01],
  },
  powercom_sdcmd_discrete_delay: {
    beside: 'offdelay = 90',
    see: writing('shutdown.return'),
    expected: [0x0f, 0x0a, 0x00],
    otherwise: [0x0f, 0x5e, 0x01],
  },
};

/** What concerns a process, a serial line or libusb, and what cannot be otherwise: the reason that is told. */
const IDLE: Readonly<Record<string, MessageKey>> = {
  user: 'idle.own-user',
  group: 'idle.own-user',
  nolock: 'idle.driver-program',
  synchronous: 'idle.driver-program',
  maxstartdelay: 'idle.driver-program',
  maxretry: 'idle.driver-program',
  retrydelay: 'idle.driver-program',
  LIBUSB_DEBUG: 'idle.system-hid',
  usb_set_altinterface: 'idle.system-hid',
  usb_config_index: 'idle.system-hid',
  usb_hid_desc_index: 'idle.system-hid',
  usb_hid_ep_in: 'idle.system-hid',
  usb_hid_ep_out: 'idle.system-hid',
  maxreport: 'idle.always',
  winhid: 'idle.always',
};
const OBSOLETE = ['sddelay'];
/** They are fields of their own. */
const FIELDS = ['driver', 'port', 'desc'];

test('the tables have every option there is, and no other', () => {
  const known = [...(optionsOf('usbhid-ups')?.keys() ?? [])];
  const prefixed = /^(?:default|override)\./;
  const told = [...Object.keys(EFFECTS).filter((name) => !prefixed.test(name)), ...Object.keys(IDLE)];
  expect([...told, ...OBSOLETE, ...FIELDS].sort()).toEqual(known.sort());
});

test('the form offers those that have an effect', () => {
  const offered = listOptions('usbhid-ups').map(({ name }) => name);
  expect(offered.sort()).toEqual(
    Object.keys(EFFECTS)
      .filter((name) => !name.includes('.'))
      .sort(),
  );
});

describe.each(Object.entries(EFFECTS))('%s', (name, { line = name, beside, see, expected, otherwise }) => {
  test(`${line} has its effect`, async () => {
    expect(await see(benchOf([...(beside === undefined ? [] : [beside]), line].join('\n')))).toEqual(expected);
  });

  test('without it that is otherwise', async () => {
    expect(await see(benchOf(beside ?? ''))).toEqual(otherwise);
  });
});

const valueOf = (name: string): string => {
  const type = optionsOf('usbhid-ups')?.get(name);
  if (type === 'flag') return name;
  return `${name} = ${type === 'text' ? 'ups' : typeof type === 'object' ? String(type[0]) : '1'}`;
};

describe('without effect', () => {
  test.each(Object.entries(IDLE))('%s is taken, and told to have none, and why: %s', (name, why) => {
    const settings = settingsWith(`pollonly\n${valueOf(name)}`);
    const problems = checkSettings(settings);
    expect(problems).toMatchObject([{ path: ['ups', 0, 'options'], line: 2, severity: 'notice' }]);
    const { phrase, params } = problems[0]?.reason as Phrase;
    expect(phrase).toBe('problem.no-effect');
    expect(params).toEqual({ name, why: { phrase: why, params: {} } });
    for (const texts of [en, de]) expect(fill(texts['problem.no-effect'], { name, why: texts[why] })).toContain(name);
  });

  test.each(OBSOLETE)('%s is taken, and told to be of the past', (name) => {
    const [problem] = checkSettings(settingsWith(valueOf(name)));
    expect(problem).toMatchObject({ line: 1, severity: 'notice', reason: { phrase: 'problem.obsolete' } });
  });

  test('an option that there is not is refused', () => {
    expect(checkSettings(settingsWith('pollsometimes'))).toMatchObject([{ line: 1, severity: 'error' }]);
  });
});
