/** Carries out what the machine asks for. What takes long is begun and not waited for: meanwhile the machine has to go on. */
import { describeError } from '#domain/errors.ts';
import { phrase, textIn } from '#domain/messages/message.ts';
import type { UpsControl } from '#engine/drivers/ups-control.ts';
import type { Clock, Log, SystemPower } from '#engine/ports.ts';
import type { UpsStore } from '#engine/state/ups-store.ts';
import { DISK_LIMIT_MS, DISK_LIMIT_SECONDS, withinLimit } from '#engine/within-limit.ts';
import { aroundEnvironment } from './around-action.ts';
import { isHookReached, type LateHook } from './late-power-off.ts';
import type { Looks } from './looks.ts';
import type { MonitorEffect, MonitorEvent } from './machine-step.ts';
import type { Standing } from './monitor-state.ts';
import { ordersInForce } from './new-start.ts';
import { inPowerOffOrder, orderPowerOff } from './order-power-off.ts';
import type { SupplyPolicy } from './policy.ts';
import { clearPowerDownFlag, writePowerDownFlag } from './power-down-flag.ts';
import { powerOffDelay } from './power-off.ts';
import { keyOf } from './supply.ts';
import type { Telling } from './telling.ts';

const NOT_TAKEN_BACK = 'The order to switch the UPS off could not be taken back';

export interface Effects {
  /** Resolves when it is done, or begun where it takes long. */
  carryOut(effect: MonitorEffect): Promise<void>;
  /** What an earlier shutdown left for the late power-off goes, so that an ordinary one leaves the UPS on. */
  takeEarlierOrdersBack(): Promise<void>;
  /** The policy is another one. */
  reconfigured(): void;
  /** Watches that begin in the midst of a shutdown take part in it. */
  joinIn(begun: readonly SupplyPolicy[]): void;
}

export interface EffectsOptions {
  readonly standing: Standing;
  readonly store: UpsStore;
  readonly control: UpsControl;
  readonly clock: Clock;
  readonly log: Log;
  readonly power: Pick<SystemPower, 'act' | 'runLine'>;
  readonly lateHook: LateHook;
  readonly looks: Looks;
  readonly telling: Telling;
  readonly tell: (...events: readonly MonitorEvent[]) => Promise<void>;
}

export function createEffects(options: EffectsOptions): Effects {
  const { standing, store, control, clock, log, power, lateHook, looks, telling, tell } = options;
  /** The flag file is somebody else's, or its disk does not answer: it is not used. */
  let isFlagRefused = false;

  const flagFile = (): string | undefined => (isFlagRefused ? undefined : standing.policy.powerDownFlag);

  const supplies = (upses: readonly string[]): readonly SupplyPolicy[] =>
    standing.policy.supplies.filter(({ ups }) => upses.includes(ups));

  const setForcedShutdown = (supply: SupplyPolicy): void => {
    if (supply.source.kind === 'local') store.dispatch(supply.name, { type: 'forced-shutdown', isSet: true });
    else void looks.remote(supply)?.setForcedShutdown();
  };

  const writeFlag = (file: string): Promise<void> =>
    withinLimit(
      clock,
      DISK_LIMIT_MS,
      writePowerDownFlag(file).catch((error: unknown) =>
        log.error(`POWERDOWNFLAG ${file} could not be written: ${describeError(error)}`),
      ),
      () => log.error(`POWERDOWNFLAG ${file} has not been written within ${DISK_LIMIT_SECONDS} s.`),
    );

  const powerOff = async (upses: readonly SupplyPolicy[]): Promise<void> => {
    const { policy, state } = standing;
    const configs = upses.map(({ name }) => store.get(name)?.config).filter((config) => config !== undefined);
    if (isHookReached(policy) && configs.length === upses.length && (await lateHook.leaveWord(configs))) {
      for (const { ups } of upses) telling.say('warn', phrase('monitor.say.power-off-late', { ups }));
      return;
    }
    const seconds = powerOffDelay(policy.powerOff, state.shutdownTook);
    await inPowerOffOrder(
      upses,
      ({ powerOffOrder = 0 }) => powerOffOrder,
      async ({ ups, name }) => {
        const { isOrdered, text } = await orderPowerOff(ups, store.get(name), seconds, control);
        telling.say(isOrdered ? 'warn' : 'error', text);
      },
    );
  };

  /** @returns false when something else stands in the flag file */
  const takePowerOffBack = async (): Promise<boolean> => {
    const file = flagFile();
    try {
      return file === undefined || (await clearPowerDownFlag(file));
    } finally {
      await lateHook.takeBack();
    }
  };

  const act = ({ attempt, ticket }: Extract<MonitorEffect, { type: 'act' }>): void => {
    void power.act(standing.policy.action, ticket).then(
      (failure) => tell({ type: 'action-ended', attempt, failure }, { type: 'pass' }),
      (error: unknown) => tell({ type: 'action-ended', attempt, failure: describeError(error) }, { type: 'pass' }),
    );
  };

  const runAround = ({ place, ticket, seconds, why, ups }: Extract<MonitorEffect, { type: 'run-around' }>): void => {
    const { around, action, supplies: all } = standing.policy;
    // Where a person asked for it, the first UPS stands for it.
    const own = all.find((supply) => keyOf(supply) === ups) ?? all[0];
    const line = around[place];
    const env = aroundEnvironment(place, action.kind, own?.ups ?? '', textIn(why) ?? '');
    // Taken out of the settings in this very moment.
    const run = line === undefined ? Promise.resolve(undefined) : power.runLine(line, env, seconds, ticket);
    void run
      .catch(describeError)
      .then((failure) => tell({ type: 'around-ended', place, ticket, failure }, { type: 'pass' }));
  };

  return {
    async carryOut(effect) {
      switch (effect.type) {
        case 'say':
          telling.say(effect.level, effect.text);
          break;
        case 'give-up':
          telling.giveUp(effect.text, effect.failure);
          break;
        case 'notify':
          telling.notify(effect.notice);
          break;
        case 'run-script':
          telling.runScript(effect.run);
          break;
        case 'set-fsd':
          for (const supply of supplies(effect.upses)) setForcedShutdown(supply);
          break;
        case 'clear-fsd':
          for (const { name, source } of supplies(effect.upses)) {
            if (source.kind === 'local') store.dispatch(name, { type: 'forced-shutdown', isSet: false });
          }
          break;
        case 'write-power-down-flag': {
          const file = flagFile();
          if (file !== undefined) await writeFlag(file);
          break;
        }
        case 'run-around':
          runAround(effect);
          break;
        case 'power-off-ups':
          void powerOff(supplies(effect.upses))
            .catch((error: unknown) => log.error(`The UPS could not be told to switch off: ${describeError(error)}`))
            .then(() => tell({ type: 'power-off-ended' }, { type: 'pass' }));
          break;
        case 'take-power-off-back':
          await withinLimit(
            clock,
            DISK_LIMIT_MS,
            takePowerOffBack().catch((error: unknown) => log.error(`${NOT_TAKEN_BACK}: ${describeError(error)}`)),
            () => log.error(`${NOT_TAKEN_BACK} within ${DISK_LIMIT_SECONDS} s`),
          );
          break;
        case 'act':
          act(effect);
          break;
        case 'log-out':
          for (const watch of looks.remotes()) void watch.logOut();
          break;
        case 'log-in':
          for (const watch of looks.remotes()) watch.logIn();
          break;
      }
    },
    async takeEarlierOrdersBack() {
      const EARLIER = 'An earlier order to switch the UPS off could not be taken back';
      const taken = takePowerOffBack().then(
        (isOurs) => {
          if (!isOurs)
            log.error(`POWERDOWNFLAG ${flagFile() ?? ''} holds something else: it is left alone and not used.`);
          return isOurs;
        },
        (error: unknown) => {
          log.error(`${EARLIER}: ${describeError(error)}`);
          return false;
        },
      );
      isFlagRefused = !(await withinLimit(clock, DISK_LIMIT_MS, taken, () => {
        log.error(`${EARLIER} within ${DISK_LIMIT_SECONDS} s`);
        return false;
      }));
    },
    reconfigured() {
      isFlagRefused = false;
    },
    joinIn(begun) {
      const orders = ordersInForce(standing.policy, standing.state);
      for (const supply of begun) {
        const isForced = orders.some((order) => order.type === 'set-fsd' && order.upses.includes(supply.ups));
        if (isForced) setForcedShutdown(supply);
        if (orders.some(({ type }) => type === 'log-out')) void looks.remote(supply)?.logOut();
      }
    },
  };
}
