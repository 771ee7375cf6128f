/** Where somebody is in the wizard, and what was found. What is chosen stands in the draft of the settings. */
import type { EngineClient } from '#domain/client.ts';
import type { FoundDevice, RequestResult } from '#domain/contract.ts';
import type { Plan } from '#domain/schema/plan.ts';
import type { SettingsDraft } from '#domain/schema/settings/settings.ts';
import { createContext } from 'svelte';
import { isAlike } from '../../state/settings-changes.ts';
import type { SettingsDraftState } from '../../state/settings-draft.svelte.ts';
import { randomId } from '../settings/random.ts';
import { neighbourOf, stepsFor, type Step } from './wizard-steps.ts';
import { proposedUps, standsFor } from './wizard-units.ts';

type State = RequestResult<'setup.state'>;
type Import = RequestResult<'settings.findImports'>['found'][number];

/** What one decision for all UPSes is made of. */
const COMMON_KEYS = ['shutdown', 'shutdowntimer', 'powerdown', 'emailnotify', 'toemail'] as const;

export class Wizard {
  readonly client: EngineClient;
  readonly draft: SettingsDraftState;
  step = $state<Step>('unit');
  units = $state.raw<readonly FoundDevice[]>();
  neighbours = $state.raw<State['neighbours']>([]);
  rule = $state.raw<State['rule']>();
  imports = $state.raw<readonly Import[]>([]);
  rehearsal = $state.raw<Plan>();
  /** What was taken over from another program, and what the draft was before. */
  moved = $state.raw<{ readonly answer: RequestResult<'settings.readImport'>; readonly before: SettingsDraft }>();
  /** Why the last question to the program failed. */
  failure = $state.raw<unknown>();
  /** Somebody chose, or it was chosen for them: it is not chosen for them again. */
  isUnitDecided = false;
  isSaved = $state(false);
  /** A step that has come stays, also when what it was about is gone. */
  #hasNeighbours = $state(false);

  readonly steps = $derived.by(() =>
    stepsFor({ hasNeighbours: this.#hasNeighbours, hasImports: this.imports.length > 0 }),
  );

  /** Nothing keeps the units that were chosen from being read. */
  readonly isOpen = $derived.by(() => {
    const units = this.units ?? [];
    const upses = this.draft.draft?.ups ?? [];
    return units.every((unit) => unit.problem === undefined || !upses.some((ups) => standsFor(ups, unit, units)));
  });

  /** The draft as it was when the step was entered, for those who decide later. */
  #before: SettingsDraft | undefined;
  #rehearsals = 0;

  constructor(client: EngineClient, draft: SettingsDraftState) {
    this.client = client;
    this.draft = draft;
  }

  /** Asks for everything that the steps are made of. */
  async begin(): Promise<void> {
    await Promise.all([
      this.draft.load(),
      this.look(),
      this.#heard(this.client.request('settings.findImports', {}), ({ found }) => (this.imports = found)),
    ]);
    this.#enter(this.step);
  }

  /** What is on this computer, looked at anew. */
  async look(): Promise<void> {
    await this.#heard(this.client.request('setup.state', {}), (state) => {
      this.units = state.units;
      this.neighbours = state.neighbours;
      this.rule = state.rule;
      this.#hasNeighbours ||= state.neighbours.length > 0;
    });
  }

  /** Only the units: asked while one is waited for. */
  async scan(): Promise<void> {
    await this.#heard(this.client.request('device.scan', {}), ({ devices }) => {
      if (!isAlike(devices, this.units)) this.units = devices;
    });
  }

  async rehearse(): Promise<void> {
    const { draft } = this.draft;
    if (!draft) return;
    const number = ++this.#rehearsals;
    try {
      const { rehearsal } = await this.client.request('setup.rehearse', { settings: draft });
      // Only the newest question counts.
      if (number === this.#rehearsals) this.rehearsal = rehearsal;
    } catch (error) {
      if (number === this.#rehearsals) this.failure = error;
    }
  }

  /** Takes the settings of another program over. */
  async takeOver({ kind, path }: Import): Promise<void> {
    const before = this.moved?.before ?? this.draft.draft;
    if (!before) return;
    this.failure = undefined;
    await this.#heard(this.client.request('settings.readImport', { kind, path }), (answer) => {
      this.moved = { answer, before };
      this.draft.replace(answer.settings);
      this.isUnitDecided = true;
    });
  }

  putBack(): void {
    if (this.moved) this.draft.replace(this.moved.before);
    this.moved = undefined;
  }

  next(): void {
    this.#shareDecisions();
    this.#enter(neighbourOf(this.step, 1, this.steps));
  }

  back(): void {
    this.#enter(neighbourOf(this.step, -1, this.steps));
  }

  /** Leaves everything as it was when this step began. */
  later(): void {
    if (this.#before) this.draft.replace(this.#before);
    this.#enter(neighbourOf(this.step, 1, this.steps));
  }

  goTo(step: Step): void {
    this.#enter(step);
  }

  async finish(): Promise<void> {
    this.draft.set(['setup', 'isDone'], true);
    this.isSaved = await this.draft.save();
    // What was not saved is not done: it is asked again at the next start.
    if (!this.isSaved) this.draft.set(['setup', 'isDone'], false);
  }

  #enter(step: Step): void {
    const isSame = step === this.step && this.#before !== undefined;
    this.step = step;
    this.failure = undefined;
    if (isSame) return;
    this.#before = this.draft.draft;
    // Their fields need a UPS to belong to: the first one on USB, as it is without any.
    if (step === 'name' || step === 'power' || step === 'mail') {
      if (this.draft.draft?.ups.length === 0) this.draft.addUps(proposedUps(randomId()));
    }
  }

  /** What is asked once holds for all UPSes. */
  #shareDecisions(): void {
    if (this.step !== 'power' && this.step !== 'mail') return;
    const [first, ...others] = this.draft.draft?.ups ?? [];
    if (!first) return;
    if (this.step === 'mail') this.draft.set(['ups', 0, 'emailnotify'], first.toemail.length > 0);
    others.forEach((_, index) => {
      for (const key of COMMON_KEYS) {
        this.draft.set(['ups', index + 1, key], this.draft.value(['ups', 0, key]));
      }
    });
  }

  async #heard<Answer>(asked: Promise<Answer>, take: (answer: Answer) => void): Promise<void> {
    try {
      take(await asked);
    } catch (error) {
      this.failure = error;
    }
  }
}

export const [useWizard, provideWizard] = createContext<Wizard>();
