/**
 * What the hook of systemd-shutdown runs (resources/systemd/late-power-off.sh), with the word that was left as its one
 * argument. Each UPS is read once with the driver that always reads it, and told to switch off; nothing is written to
 * any disk. Not a command for people.
 */
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { describeError } from '#domain/errors.ts';
import { textIn } from '#domain/messages/message.ts';
import { createPinoLog } from '#engine/adapters/pino-log.ts';
import { systemClock } from '#engine/adapters/system-clock.ts';
import { builtInDefinitions } from '#engine/devices/definition.ts';
import { createDriverFactory } from '#engine/drivers/create-driver.ts';
import { createEngine } from '#engine/engine.ts';
import { LATE_DELAY_SECONDS, readLateWord } from '#engine/monitor/late-power-off.ts';
import { inPowerOffOrder, orderPowerOff, powerOffOrderOf } from '#engine/monitor/order-power-off.ts';
import { planPowerOff } from '#engine/monitor/power-off.ts';

/** The computer waits meanwhile: what has not answered by then is left on. */
const PATIENCE_MS = 20_000;
const LOOK_AGAIN_MS = 50;

const log = createPinoLog('info');

async function switchOff(file: string): Promise<boolean> {
  const { upses, baseDir } = readLateWord(await readFile(file, 'utf8'));
  const maxAgeSeconds = 15;
  const engine = createEngine(
    {
      clock: systemClock,
      log,
      createDriver: createDriverFactory({
        clock: systemClock,
        log,
        definitions: builtInDefinitions,
        reload: () => Promise.resolve('unknown'),
        baseDir,
        confDir: undefined,
        statePath: undefined,
        driverPath: undefined,
        maxAgeSeconds,
        runFolder: tmpdir(),
      }),
    },
    { ups: upses, users: [], nut: undefined, maxAgeSeconds },
  );
  await engine.start();
  const giveUpAt = systemClock.monotonic() + PATIENCE_MS;
  let isAllOrdered = true;
  await inPowerOffOrder(upses, powerOffOrderOf, async ({ name }) => {
    // Its commands may be known before all of its values are; what is needed is enough.
    for (;;) {
      const known = engine.store.get(name);
      const isThere = known?.availability === 'available';
      const isKnown = isThere && (known.isReady || planPowerOff(known, LATE_DELAY_SECONDS) !== undefined);
      if (isKnown || systemClock.monotonic() > giveUpAt) break;
      await systemClock.sleep(LOOK_AGAIN_MS);
    }
    const { isOrdered, text } = await orderPowerOff(name, engine.store.get(name), LATE_DELAY_SECONDS, engine.control);
    log[isOrdered ? 'info' : 'error'](textIn(text) ?? text.phrase);
    isAllOrdered &&= isOrdered;
  });
  await engine.stop();
  return isAllOrdered;
}

try {
  process.exitCode = (await switchOff(process.argv[2] ?? '')) ? 0 : 1;
} catch (error) {
  log.error(`The UPS was not switched off: ${describeError(error)}`);
  process.exitCode = 1;
}
