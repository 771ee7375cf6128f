/** The made-up unit of the scenes, and what it and its battery lived through before. */
import { type FakeEngine, type FakeUps } from '../../renderer/client/fake-client.ts';

export const MINUTES = 60;

/** A made-up unit of 900 W with everything a good one tells. */
export const GOOD_UPS: FakeUps = {
  name: 'ups',
  variables: {
    'device.mfr': 'Lumen',
    'device.model': 'Harbor 1500',
    'device.type': 'ups',
    'device.serial': 'LH15-004217',
    'ups.status': 'OL',
    'ups.load': '23',
    'ups.realpower.nominal': '900',
    'ups.power.nominal': '1500',
    'ups.temperature': '29.4',
    'ups.beeper.status': { value: 'enabled', isWritable: true, values: ['enabled', 'disabled', 'muted'] },
    'ups.delay.shutdown': { value: '20', isWritable: true, kind: 'number', ranges: [{ min: 0, max: 600 }] },
    'ups.delay.start': { value: '30', isWritable: true, kind: 'number', ranges: [{ min: 0, max: 600 }] },
    'ups.test.result': 'Done and passed',
    'ups.id': { value: 'study', isWritable: true, maxLength: 16 },
    'battery.charge': '100',
    'battery.charge.low': { value: '20', isWritable: true, kind: 'number', ranges: [{ min: 5, max: 95 }] },
    'battery.runtime': '2880',
    'battery.runtime.low': '120',
    'battery.voltage': '27.3',
    'battery.voltage.nominal': '24',
    'battery.type': 'PbAc',
    'battery.mfr.date': '2024/03/18',
    'input.voltage': '230.4',
    'input.voltage.nominal': '230',
    'input.frequency': '50.0',
    'input.transfer.low': { value: '180', isWritable: true, kind: 'number', ranges: [{ min: 150, max: 210 }] },
    'input.transfer.high': { value: '266', isWritable: true, kind: 'number', ranges: [{ min: 250, max: 290 }] },
    'input.sensitivity': { value: 'medium', isWritable: true, values: ['low', 'medium', 'high'] },
    'output.voltage': '230.1',
    'driver.name': 'usbhid-ups',
    'driver.version': '0.1.0',
  },
  commands: [
    'beeper.disable',
    'beeper.enable',
    'beeper.mute',
    'calibrate.start',
    'calibrate.stop',
    'load.off',
    'load.on',
    'shutdown.return',
    'shutdown.stayoff',
    'shutdown.stop',
    'test.battery.start.quick',
    'test.battery.start.deep',
    'test.battery.stop',
    'test.panel.start',
  ],
};

/** A steady swing between -1 and 1 that never repeats within the minutes of a chart. */
const swing = (second: number): number =>
  (Math.sin(second / 17) + Math.sin(second / 5.3 + 1) + Math.sin(second / 61 + 2)) / 3;

/** Lets minutes on mains pass with voltages and loads as they really wander. */
export function passOnMains(engine: FakeEngine, seconds: number, volts = 230): void {
  for (let second = 0; second < seconds; second += 1) {
    const input = volts + swing(second) * 2.2;
    const load = 23 + swing(second * 1.7) * 3;
    engine.set('ups', {
      'input.voltage': input.toFixed(1),
      'output.voltage': (230 + (input - volts) * 0.6).toFixed(1),
      'ups.load': load.toFixed(0),
      'battery.runtime': (2880 - (load - 23) * 60).toFixed(0),
    });
    engine.tick();
  }
}

export function passOnBattery(engine: FakeEngine, seconds: number, charge: number, runtime: number): void {
  const from = { charge: 100, runtime: 2600 };
  for (let second = 1; second <= seconds; second += 1) {
    const share = second / seconds;
    engine.set('ups', {
      'input.voltage': '0.0',
      'output.voltage': (230 + swing(second) * 0.8).toFixed(1),
      'battery.charge': (from.charge + (charge - from.charge) * share).toFixed(1),
      'battery.runtime': (from.runtime + (runtime - from.runtime) * share).toFixed(0),
      'ups.load': (24 + swing(second * 1.7) * 3).toFixed(0),
      'battery.voltage': (25.6 - 2 * share).toFixed(1),
    });
    engine.tick();
  }
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** What the unit told in the years before, outages included. */
export function withHistory(engine: FakeEngine): void {
  const now = engine.now();
  const outages = [
    { from: now - 5.2 * HOUR_MS, to: now - 4.9 * HOUR_MS },
    { from: now - 3.4 * DAY_MS, to: now - 3.37 * DAY_MS },
    { from: now - 40 * DAY_MS, to: now - 39.95 * DAY_MS },
    { from: now - 300 * DAY_MS, to: now - 299.9 * DAY_MS },
  ];
  for (const { from, to } of outages) {
    engine.addIncident({
      ups: 'ups',
      kind: 'on-battery',
      startedAt: from,
      endedAt: to,
      detail: 'input voltage out of range',
      chargeAtStart: 100,
      chargeLowest: 64,
    });
  }
  engine.setStatuses(
    outages
      .flatMap(({ from, to }) => [
        { at: from, status: 'OB DISCHRG' },
        { at: to, status: 'OL CHRG' },
        { at: to + HOUR_MS, status: 'OL' },
      ])
      .sort((a, b) => a.at - b.at),
  );
  engine.setPast(
    (ups, variable, at) => {
      const second = at / 1000;
      const outage = outages.find(({ from, to }) => at >= from && at < to + 2 * HOUR_MS);
      const isOut = outage !== undefined && at < outage.to;
      const spent = outage ? (Math.min(at, outage.to) - outage.from) / (outage.to - outage.from) : 0;
      const back = outage && !isOut ? (at - outage.to) / (2 * HOUR_MS) : 0;
      const charge = 100 - 36 * spent * (1 - back);
      const day = Math.sin((at / DAY_MS) * 2 * Math.PI);
      // A service stop in which nobody watched.
      if (at > now - 15 * HOUR_MS && at < now - 13.5 * HOUR_MS) return undefined;
      const values: Record<string, number> = {
        'battery.charge': Math.round(charge),
        'battery.runtime': Math.round(charge * (28 - day * 4 + swing(second / 300) * 2)),
        'input.voltage': isOut ? 0 : 229 + day * 3 + swing(second / 40) * 2.4 - (ups === 'rack' ? 4 : 0),
        'output.voltage': isOut ? 230 : 229 + day * 2 + swing(second / 40) * 1.2,
        'ups.load': Math.round(24 + day * 8 + swing(second / 200) * 6 + (ups === 'rack' ? 22 : 0)),
        'ups.temperature': 28 + day * 2 + spent * 3,
        'input.frequency': isOut ? 0 : 50 + swing(second / 25) * 0.05,
      };
      return values[variable];
    },
    now - 400 * DAY_MS,
  );
}

/** Three years of a battery that has seen four power cuts, and a unit that promises too much. */
export function withBattery(engine: FakeEngine): void {
  const now = engine.now();
  engine.setBattery({
    date: { day: '2023-05-02', text: '2023/05/02', from: 'installed' },
    writesTo: 'battery.date',
    learned: {
      load: 23,
      full: { low: 1490, likely: 2160, high: 2340 },
      now: { low: 1490, likely: 2160, high: 2340 },
      discharges: 4,
      newestAt: now - 5.2 * HOUR_MS,
      seenDownTo: 31,
      sureness: 'good',
    },
    capacityWh: { low: 86, likely: 124, high: 135 },
    shareOfFirst: 0.81,
    longest: { at: now - 300 * DAY_MS, seconds: 1620, load: 26 },
    tests: [
      { at: now - 12 * DAY_MS, result: 'Done and passed' },
      { at: now - 26 * DAY_MS, result: 'Done and passed' },
      { at: now - 40 * DAY_MS, result: 'Done and error' },
    ],
    nextTestAt: now + 2 * DAY_MS,
  });
}

export function withPast(engine: FakeEngine): void {
  const now = engine.now();
  const ago = (minutes: number): number => now - minutes * MINUTES * 1000;
  engine.addIncident({ ups: 'ups', kind: 'calibration', startedAt: ago(2900), endedAt: ago(2868) });
  engine.addIncident({
    ups: 'ups',
    kind: 'on-battery',
    startedAt: ago(1612),
    endedAt: ago(1605),
    chargeAtStart: 100,
    chargeLowest: 78,
  });
  engine.addIncident({ ups: 'ups', kind: 'no-contact', startedAt: ago(310), endedAt: ago(309.6) });
  engine.addIncident({ ups: 'ups', kind: 'boost', startedAt: ago(145), endedAt: ago(143.4) });
}
