/** Recorded units on the cables of a computer whose UPS has these auxiliary parameters, with the whole engine before them. */
import { join } from 'node:path';
import { afterEach, beforeAll, expect } from 'vitest';
import { readRecording } from '#engine/adapters/recording-port.ts';
import { builtInDefinitions } from '#engine/devices/definition.ts';
import { createDriverFactory } from '#engine/drivers/create-driver.ts';
import type { DriverOutcome } from '#engine/drivers/driver.ts';
import type { Recording } from '#engine/drivers/usb-hid/recording-format.ts';
import { createEngine, type Engine } from '#engine/engine.ts';
import { toPowerOff } from '#engine/monitor/going-down.ts';
import type { HidDeviceInfo } from '#engine/ports.ts';
import { changeSettings, type SettingChange } from '#engine/settings/change-settings.ts';
import { checkSettings } from '#engine/settings/check-settings.ts';
import { settingsPolicy } from '#engine/settings/settings-policy.ts';
import { toNutConf } from '#engine/settings/settings-to-nut.ts';
import { primary } from '#engine/settings/test-support.ts';
import { createFakeClock, type FakeClock } from './fake-clock.ts';
import { ScriptedDevice, ScriptedPort } from './scripted-hid-port.ts';
import { createRememberingLog } from './silent-log.ts';

const units = { cyberPower: '0764-0501-cp1500avrlcda', powercom: '0d9f-0004-powercom-bnt-800ap' } as const;
const recordings = new Map<string, Recording>();
beforeAll(async () => {
  for (const [name, folder] of Object.entries(units)) {
    recordings.set(name, await readRecording(join(import.meta.dirname, '../fixtures/devices', folder)));
  }
});

/** A computer with units on its cables. */
export interface Bench {
  readonly clock: FakeClock;
  readonly port: ScriptedPort;
  /** Attaches a unit that does what its recording says. */
  plug(info?: Partial<HidDeviceInfo>, of?: keyof typeof units): ScriptedDevice;
  /** Puts the settings into force. */
  start(): Promise<void>;
  /** `plug` and `start`. */
  begin(of?: keyof typeof units): Promise<ScriptedDevice>;
  engine(): Engine;
  /** Runs a command, with all the time that it takes. */
  run(command: string): Promise<DriverOutcome>;
  value(variable: string): string | undefined;
  /** Lines of the log with this in them. */
  told(text: string): number;
  /** Which UPSes are switched off after a shutdown. */
  switchedOff(): readonly string[];
}

/** Of a UPS with these auxiliary parameters. */
export const settingsWith = (lines: string, ...more: readonly SettingChange[]) =>
  changeSettings(primary, [['ups.0.options', lines], ...more]).settings;

let running: Engine | undefined;
afterEach(async () => {
  await running?.stop();
  running = undefined;
});

export function benchOf(lines: string): Bench {
  const clock = createFakeClock();
  const port = new ScriptedPort();
  const log = createRememberingLog();
  const settings = settingsWith(lines);
  expect(checkSettings(settings)).toEqual([]);
  const bench: Bench = {
    clock,
    port,
    plug(info = {}, of = 'cyberPower') {
      const recording = recordings.get(of);
      if (!recording) throw new Error(`no recording ${of}`);
      const unit = new ScriptedDevice(
        { path: '/dev/hidraw0', usagePage: 0x84, ...recording.identity, ...info },
        recording,
      );
      port.plug(unit);
      return unit;
    },
    async start() {
      running = createEngine(
        {
          clock,
          log,
          createDriver: createDriverFactory({
            clock,
            log,
            baseDir: '/',
            confDir: undefined,
            statePath: undefined,
            driverPath: undefined,
            maxAgeSeconds: 15,
            runFolder: '/nowhere',
            reload: () => Promise.resolve('unknown'),
            definitions: builtInDefinitions,
            hidPort: port,
          }),
        },
        { ups: toNutConf(settings).conf.ups, users: [], nut: undefined, maxAgeSeconds: 15 },
      );
      await running.start();
      await clock.advance(0);
    },
    async begin(of) {
      const unit = bench.plug({}, of);
      await bench.start();
      return unit;
    },
    engine() {
      if (!running) throw new Error('nothing was started');
      return running;
    },
    async run(command) {
      const outcome = bench.engine().control.runCommand('ups', command);
      await clock.advance(60_000);
      return outcome;
    },
    value: (name) => running?.store.get('ups')?.variables.get(name)?.value,
    told: (text) => log.lines.filter(({ message }) => message.includes(text)).length,
    switchedOff: () => toPowerOff(settingsPolicy(settingsWith(lines, ['ups.0.powerdown', 'yes']), 'ups')),
  };
  return bench;
}
