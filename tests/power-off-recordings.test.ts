/** What reaches each recorded unit when it is told to switch off in two minutes: reports as they are written to it. */
import { afterEach, expect, test } from 'vitest';
import { createRecordingPort } from '#engine/adapters/recording-port.ts';
import { systemClock } from '#engine/adapters/system-clock.ts';
import { builtInDefinitions } from '#engine/devices/definition.ts';
import { createDriverFactory } from '#engine/drivers/create-driver.ts';
import { createEngine, type Engine } from '#engine/engine.ts';
import { orderPowerOff } from '#engine/monitor/order-power-off.ts';
import type { HidPort } from '#engine/ports.ts';
import { createRememberingLog } from '#tests/support/silent-log.ts';

const FOLDER = 'tests/fixtures/devices';
/** The last report holds the delay: 0x78 seconds, or 2 minutes where the maker counts in those. Before: the way back on. */
const WRITTEN = [
  ['0463-ffff-eaton-3s-700', ['0a1e000000', '0978000000']],
  ['0463-ffff-eaton-5sc-750', ['7301', '0a1e000000', '0978000000']],
  ['0463-ffff-santak-tg-box-850', ['0a1e000000', '0978000000']],
  ['051d-0002-back-ups-bx1600mi', ['157800']],
  ['051d-0002-back-ups-es-850g2', ['157800']],
  ['051d-0002-smart-ups-1500-rm', ['281e00', '127800']],
  ['05dd-a0a0-minuteman', ['611e00', '157800']],
  ['06da-ffff-powerwalker-vi-1200-shl', ['0a1e000000', '0978000000']],
  ['0764-0501-cp1500avrlcda', ['160200', '150200']],
  ['0764-0501-cp900epfclcd', ['160200', '150200']],
  ['0764-0601-or600erm1u', ['160200', '150200']],
  ['09ae-4003-tripp-lite', ['611e00', '157800']],
  ['1cb0-0038-legrand-keor-pdu-800', ['160000', '150200']],
] as const;

let engine: Engine | undefined;
afterEach(() => engine?.stop());

test.each(WRITTEN)('%s is told its delay', async (unit, expected) => {
  const recording = createRecordingPort(`${FOLDER}/${unit}`);
  const written: string[] = [];
  const hidPort: HidPort = {
    ...recording,
    async open(device) {
      const connection = await recording.open(device);
      return {
        ...connection,
        setFeatureReport(report) {
          written.push(Buffer.from(report).toString('hex'));
          return Promise.resolve();
        },
      };
    },
  };
  const log = createRememberingLog();
  const made = createEngine(
    {
      clock: systemClock,
      log,
      createDriver: createDriverFactory({
        clock: systemClock,
        log,
        definitions: builtInDefinitions,
        reload: () => Promise.resolve('unknown'),
        baseDir: FOLDER,
        confDir: undefined,
        statePath: undefined,
        driverPath: undefined,
        maxAgeSeconds: 15,
        runFolder: FOLDER,
        hidPort,
      }),
    },
    {
      ups: [{ name: 'office', driver: 'usbhid-ups', port: 'auto', options: {} }],
      users: [],
      nut: undefined,
      maxAgeSeconds: 15,
    },
  );
  engine = made;
  await made.start();
  await expect.poll(() => made.store.get('office')?.isReady, { timeout: 10_000 }).toBe(true);
  written.length = 0;
  const outcome = await orderPowerOff('office', made.store.get('office'), 120, made.control);
  expect(outcome).toMatchObject({ isOrdered: true });
  expect(written).toEqual(expected);
});
