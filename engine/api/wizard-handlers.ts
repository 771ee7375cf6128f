/** What the wizard asks beside what the form does: the computer it stands on, the udev rule, a rehearsal. */
import type { FoundDevice, RequestName, RequestParams, RequestResult } from '#domain/contract.ts';
import { phraseOf, type AppError } from '#domain/errors.ts';
import { phrase, textIn, type Phrase } from '#domain/messages/message.ts';
import type { Settings } from '#domain/schema/settings/settings.ts';
import { aroundEnvironment } from '#engine/monitor/around-action.ts';
import { batteryFiguresOf } from '#engine/monitor/battery-figures.ts';
import { dryRun } from '#engine/monitor/dry-run.ts';
import type { LateHook } from '#engine/monitor/late-power-off.ts';
import type { Monitor } from '#engine/monitor/monitor.ts';
import { rehearse } from '#engine/monitor/plan.ts';
import type { ShutdownAction } from '#engine/monitor/policy.ts';
import { ATTACHED_UPS } from '#engine/settings/configuration.ts';
import type { Clock, SystemPower } from '#engine/ports.ts';
import { readDraft } from '#engine/settings/draft.ts';
import { settingsPolicy } from '#engine/settings/settings-policy.ts';
import type { LowBattery } from '#engine/setup/power-rules.ts';
import type { SetupSystem } from '#engine/setup/setup-system.ts';
import type { UpsState } from '#engine/state/ups-state.ts';
import type { UpsStore } from '#engine/state/ups-store.ts';

export interface WizardParts {
  readonly system: SetupSystem;
  readonly store: UpsStore;
  readonly monitor: Monitor;
  readonly clock: Clock;
  readonly power: SystemPower;
  readonly lateHook: LateHook;
  /** Whether UPSes are served, and why not. */
  readonly network: { readonly networkProblem: AppError | undefined; retryNetwork(): Promise<void> };
  scanDevices(): Promise<readonly FoundDevice[]>;
  /** The program ends: what is being tried ends with it. */
  readonly stopped: AbortSignal;
  /** The settings in force: passwords that are only said to be set stand for theirs. */
  settingsNow(): Settings;
}

type WizardRequest = Extract<RequestName, `setup.${string}`>;
export type WizardHandlers = {
  [Name in WizardRequest]: (params: RequestParams<Name>) => RequestResult<Name> | Promise<RequestResult<Name>>;
};

export function createWizardHandlers(parts: WizardParts): WizardHandlers {
  const { system, store, monitor, clock, power, lateHook, network } = parts;
  const monitorOf = (sent: unknown) => {
    const { settings, problems } = readDraft(sent, parts.settingsNow());
    return {
      policy: settings && settingsPolicy(settings, ATTACHED_UPS.name),
      problems: problems.map(({ path, ...problem }) => ({ ...problem, path: [...path] })),
    };
  };
  return {
    'setup.state': async () => {
      const [units, neighbours, rule, refusal, unserved] = await Promise.all([
        parts.scanDevices(),
        system.neighbours(lowestOf(store.list())),
        system.rule(),
        shutdownRefusal(power),
        portRefusal(network),
      ]);
      return {
        units: [...units],
        neighbours: [...neighbours, ...refusal, ...unserved],
        ...(rule === undefined ? {} : { rule }),
      };
    },
    'setup.installRule': () => system.installRule(),
    'setup.rehearse': async ({ settings: sent }) => {
      const { policy, problems } = monitorOf(sent);
      if (!policy) return { problems };
      const known = store.list();
      const batteries = new Map(
        policy.supplies.map(({ ups, name }) => [ups, batteryFiguresOf(stateFor(name, policy.supplies.length, known))]),
      );
      const rehearsal = rehearse(policy, {
        batteries,
        secondaries: monitor.secondaries(),
        shutdownTook: monitor.shutdownTook(),
      });
      const refusal = await refusalOf(power, policy.action);
      return { rehearsal, problems: [], ...(refusal ? { refusal } : {}) };
    },
    'setup.dryRun': async ({ settings: sent }) => {
      const { policy, problems } = monitorOf(sent);
      if (!policy) return { steps: [], problems };
      const known = store.list();
      const steps = await dryRun({
        policy,
        clock,
        power,
        lateHook,
        secondaries: monitor.secondaries(),
        shutdownTook: monitor.shutdownTook(),
        stateOf: (name) => stateFor(name, policy.supplies.length, known),
      });
      return { steps: [...steps], problems: [] };
    },
    'setup.tryCommand': async ({ settings: sent, place }) => {
      const { policy, problems } = monitorOf(sent);
      const line = policy?.around[place];
      if (!policy || line === undefined) return { problems };
      const { action, around, supplies } = policy;
      const why = textIn(phrase('monitor.why.person', {})) ?? '';
      const environment = aroundEnvironment(place, action.kind, supplies[0]?.ups ?? '', why);
      return { trial: await power.tryLine(line, environment, around.timeout, parts.stopped), problems: [] };
    },
  };
}

/** Where the UPSes call their batteries low; of several the last to do so. */
function lowestOf(upses: readonly UpsState[]): LowBattery {
  const figures = upses.map(batteryFiguresOf);
  const least = (name: keyof LowBattery): LowBattery => {
    const told = figures.flatMap((battery) => battery[name] ?? []);
    return told.length === 0 ? {} : { [name]: Math.min(...told) };
  };
  return { ...least('lowCharge'), ...least('lowRuntime') };
}

type Neighbours = RequestResult<'setup.state'>['neighbours'];

/** Somebody else may have the port. Whether still is known by trying. */
async function portRefusal(network: WizardParts['network']): Promise<Neighbours> {
  await network.retryNetwork();
  const { networkProblem: problem } = network;
  if (!problem) return [];
  const remedy = { phrase: `remedy.${problem.code}`, params: problem.details };
  return [{ id: 'network', title: phrase('neighbour.network', {}), effect: phraseOf(problem), remedy }];
}

/** That this computer may not be shut down is better known now than in the outage. */
async function shutdownRefusal(power: SystemPower): Promise<Neighbours> {
  const effect = await refusalOf(power, { kind: 'shutdown' });
  if (!effect) return [];
  return [
    {
      id: 'shutdown',
      title: phrase('neighbour.shutdown', {}),
      effect,
      remedy: phrase('neighbour.shutdown.refused.fix', {}),
    },
  ];
}

async function refusalOf(power: SystemPower, action: ShutdownAction): Promise<Phrase | undefined> {
  const check = await power.check(action);
  if (check.ok) return undefined;
  // Where nothing may be shut down for a test's sake, nothing is learned of the computer.
  const isTest = typeof check.reason !== 'string' && check.reason.phrase === 'error.monitor/refused-under-test';
  return isTest ? undefined : phrase('neighbour.shutdown.refused', { reason: check.reason });
}

/** A UPS that is not saved yet is known by the name it was found under, where no other can be meant. */
function stateFor(name: string, count: number, known: readonly UpsState[]): UpsState | undefined {
  const named = known.find(({ config }) => config.name.toLowerCase() === name.toLowerCase());
  return named ?? (count === 1 && known.length === 1 ? known[0] : undefined);
}
