/** A shutdown that is only looked at: each of its steps on this very computer. Nothing is carried out. */
import { phrase, type Phrase, type Text } from '#domain/messages/message.ts';
import type { DryRunStep } from '#domain/schema/dry-run.ts';
import { clockLength } from '#domain/shutdown-sentence.ts';
import type { Clock, PowerCheck, SystemPower } from '#engine/ports.ts';
import type { UpsState } from '#engine/state/ups-state.ts';
import { DISK_LIMIT_MS, withinLimit } from '#engine/within-limit.ts';
import { toPowerOff } from './going-down.ts';
import { isSleeping } from './around-action.ts';
import { isHookReached, type LateHook } from './late-power-off.ts';
import type { MonitorPolicy } from './policy.ts';
import { checkPowerDownFlag } from './power-down-flag.ts';
import { planPowerOff, powerOffDelay } from './power-off.ts';
import { spanOf } from './span.ts';
import { primaries } from './supplies.ts';

/** As the contract has it, with phrases that are known here. */
export interface DryStep {
  readonly step: DryRunStep['step'];
  readonly text: Phrase;
  readonly command?: string;
  readonly problem?: Text;
}

export interface DryRunParts {
  readonly policy: MonitorPolicy;
  readonly clock: Pick<Clock, 'after'>;
  readonly power: Pick<SystemPower, 'check' | 'checkLine'>;
  readonly lateHook: Pick<LateHook, 'isReady'>;
  /** Computers that are logged in to a UPS of ours now. */
  readonly secondaries: readonly Text[];
  /** How long the last shutdowns of this computer took, seconds. */
  readonly shutdownTook: readonly number[];
  /** What is known of a UPS by its name on its server; undefined where nobody reads it. */
  readonly stateOf: (name: string) => UpsState | undefined;
}

/** In the order in which they would happen; empty where nothing is ever done. */
export async function dryRun(parts: DryRunParts): Promise<readonly DryStep[]> {
  const { policy } = parts;
  if (policy.supplies.length === 0 || policy.minSupplies === 0) return [];
  // Who asks waits for the slowest look, and not for all of them.
  const looked = await Promise.all([
    aroundOf(parts, 'before'),
    flagOf(parts),
    powerOffOf(parts),
    actionOf(parts),
    aroundOf(parts, 'after'),
  ]);
  return [
    ...othersOf(parts),
    { step: 'notice', text: phrase('dry.notice', { time: spanOf(policy.finalDelay) }) },
    ...looked.flat(),
  ];
}

function othersOf({ policy, secondaries }: DryRunParts): readonly DryStep[] {
  const upses = primaries(policy).map(({ ups }) => ups);
  if (upses.length === 0) return [{ step: 'fsd', text: phrase('dry.follows', {}) }];
  return [
    { step: 'fsd', text: phrase('dry.fsd', { ups: upses }) },
    {
      step: 'wait',
      text:
        secondaries.length === 0
          ? phrase('dry.nobody', {})
          : phrase('dry.wait', { names: secondaries, time: clockLength(policy.hostSync) }),
    },
  ];
}

async function aroundOf({ policy, power }: DryRunParts, step: 'before' | 'after'): Promise<readonly DryStep[]> {
  const line = policy.around[step];
  if (line === undefined) return [];
  const time = clockLength(policy.around.timeout);
  const text =
    step === 'after' && isSleeping(policy) ? phrase('dry.after-wake', { time }) : phrase(`dry.${step}`, { time });
  return [{ step, text, command: line, ...refusalIn(await power.checkLine(line)) }];
}

async function flagOf({ policy: { powerDownFlag: file }, clock }: DryRunParts): Promise<readonly DryStep[]> {
  if (file === undefined) return [];
  const problem = await withinLimit(clock, DISK_LIMIT_MS, checkPowerDownFlag(file), () =>
    phrase('reason.no-answer-in-time', {}),
  );
  return [{ step: 'flag', text: phrase('dry.flag', { file }), ...(problem === undefined ? {} : { problem }) }];
}

async function powerOffOf({
  policy,
  clock,
  lateHook,
  shutdownTook,
  stateOf,
}: DryRunParts): Promise<readonly DryStep[]> {
  const wanted = toPowerOff(policy).flatMap((ups) => policy.supplies.find((supply) => supply.ups === ups) ?? []);
  const known = wanted.map((supply) => ({ ...supply, state: stateOf(supply.name) }));
  const configs = known.flatMap(({ state }) => state?.config ?? []);
  const isLate =
    isHookReached(policy) &&
    configs.length === wanted.length &&
    (await withinLimit(clock, DISK_LIMIT_MS, lateHook.isReady(configs), () => false));
  const seconds = powerOffDelay(policy.powerOff, shutdownTook);
  return known.map(({ ups, state }): DryStep => {
    const step = 'power-off';
    if (isLate) return { step, text: phrase('dry.power-off-late', { ups }) };
    const text = phrase('dry.power-off', { ups, time: spanOf(seconds) });
    const plan = state && planPowerOff(state, seconds);
    if (!plan) return { step, text, problem: phrase(state ? 'dry.no-power-off' : 'dry.not-read', { ups }) };
    const command = plan
      .map((part) =>
        part.kind === 'set'
          ? `${part.variable} = ${part.value}`
          : [part.command, part.parameter ?? ''].join(' ').trim(),
      )
      .join('; ');
    return { step, text, command };
  });
}

async function actionOf({ policy, power }: DryRunParts): Promise<DryStep> {
  const { action } = policy;
  const text: Phrase = phrase('dry.action', {
    who: phrase('monitor.this-computer', {}),
    does: phrase(`monitor.plan.${action.kind}`, {}),
  });
  const check = await power.check(action);
  const command = action.kind === 'command' ? action.command : check.ok ? check.command : undefined;
  return { step: 'action', text, ...(command === undefined ? {} : { command }), ...refusalIn(check) };
}

const refusalIn = (check: PowerCheck): Pick<DryStep, 'problem'> => (check.ok ? {} : { problem: check.reason });
