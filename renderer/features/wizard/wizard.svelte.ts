/** Where somebody is in the wizard, and what was found. What is chosen stands in the draft of the settings. */
import type { EngineClient } from '#domain/client.ts';
import type { FoundDevice, RequestResult } from '#domain/contract.ts';
import type { Plan } from '#domain/schema/plan.ts';
import type { SettingsDraft } from '#domain/schema/settings/settings.ts';
import { createContext } from 'svelte';
import { isAlike } from '../../state/settings-changes.ts';
import type { SettingsDraftState } from '../../state/settings-draft.svelte.ts';
import { neighbourOf, stepsFor, type Step } from './wizard-steps.ts';
import { idsBeside, proposedUps, standsFor } from './wizard-units.ts';

type State = RequestResult<'setup.state'>;
type Import = RequestResult<'settings.findImports'>['found'][number];

/** What one decision for all UPSes is made of. */
const COMMON_KEYS = ['shutdown', 'shutdowntimer', 'shutdownaction', 'powerdown', 'emailnotify', 'toemail'] as const;

export class Wizard {
  readonly client: EngineClient;
  readonly draft: SettingsDraftState;
  step = $state<Step>('unit');
  units = $state.raw<readonly FoundDevice[]>();
  neighbours = $state.raw<State['neighbours']>([]);
  rule = $state.raw<State['rule']>();
  imports = $state.raw<readonly Import[]>([]);
  rehearsal = $state.raw<Plan>();
  /** That this computer could not do what it is to do in an outage. */
  refusal = $state.raw<RequestResult<'setup.rehearse'>['refusal']>();
  /** What was taken over from another program, and what the draft was before. */
  moved = $state.raw<{ readonly answer: RequestResult<'settings.readImport'>; readonly before: SettingsDraft }>();
  /** Why the last thing that was asked for failed. */
  failure = $state.raw<unknown>();
  /** Why this computer cannot be looked at; gone with the next look that succeeds. */
  lookFailure = $state.raw<unknown>();
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
  /** Somebody chose, or it was chosen for them: it is not chosen for them again. */
  #isUnitDecided = false;

  constructor(client: EngineClient, draft: SettingsDraftState) {
    this.client = client;
    this.draft = draft;
  }

  /** Asks for everything that the steps are made of. */
  async begin(): Promise<void> {
    this.failure = undefined;
    await Promise.all([this.draft.load(), this.look(), this.#findImports()]);
    this.#enter(this.step);
  }

  /** What is on this computer, looked at anew. */
  async look(): Promise<void> {
    await this.#looked(this.client.request('setup.state', {}), (state) => {
      this.units = state.units;
      this.neighbours = state.neighbours;
      this.rule = state.rule;
      this.#hasNeighbours ||= state.neighbours.length > 0;
    });
  }

  /** Only the units: asked while one is waited for. */
  async scan(): Promise<void> {
    await this.#looked(this.client.request('device.scan', {}), ({ devices }) => {
      if (!isAlike(devices, this.units)) this.units = devices;
    });
  }

  async #findImports(): Promise<void> {
    try {
      this.imports = (await this.client.request('settings.findImports', {})).found;
    } catch (error) {
      this.failure = error;
    }
  }

  /** Chooses UPSes: a unit that is plugged in alone needs no question, and can be chosen otherwise. */
  chooseUpses(upses: SettingsDraft['ups']): void {
    if (!this.draft.draft) return;
    this.#isUnitDecided = true;
    // Also what was chosen for somebody can be left for later.
    this.#before ??= this.draft.draft;
    this.draft.replace({ ...this.draft.draft, ups: upses });
  }

  /** Nobody has chosen yet, and nothing was set up before. */
  get isUndecided(): boolean {
    return !this.#isUnitDecided && this.draft.draft?.ups.length === 0;
  }

  async rehearse(): Promise<void> {
    const { draft } = this.draft;
    if (!draft) return;
    const number = ++this.#rehearsals;
    try {
      const { rehearsal, refusal } = await this.client.request('setup.rehearse', { settings: draft });
      // Only the newest question counts.
      if (number !== this.#rehearsals) return;
      this.rehearsal = rehearsal;
      this.refusal = refusal;
    } catch (error) {
      if (number === this.#rehearsals) this.failure = error;
    }
  }

  /** Takes the settings of another program over. */
  async takeOver({ kind, path }: Import): Promise<void> {
    const before = this.moved?.before ?? this.draft.draft;
    if (!before) return;
    this.failure = undefined;
    try {
      const answer = await this.client.request('settings.readImport', { kind, path });
      this.moved = { answer, before };
      this.#isUnitDecided = true;
      this.draft.replace(answer.settings);
    } catch (error) {
      this.failure = error;
    }
  }

  putBack(): void {
    if (this.moved) this.draft.replace(this.moved.before);
    this.moved = undefined;
  }

  next(): void {
    this.goTo(neighbourOf(this.step, 1, this.steps));
  }

  back(): void {
    this.goTo(neighbourOf(this.step, -1, this.steps));
  }

  /** Leaves everything as it was when this step began. */
  later(): void {
    if (this.#before) this.draft.replace(this.#before);
    this.#enter(neighbourOf(this.step, 1, this.steps));
  }

  goTo(step: Step): void {
    this.#shareDecisions();
    this.#enter(step);
  }

  /** What somebody else saved meanwhile, in place of what was chosen here. */
  takeTheirs(): void {
    this.draft.discard();
    this.moved = undefined;
    this.#before = this.draft.draft;
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
      if (this.draft.draft?.ups.length === 0) this.draft.addUps(proposedUps(idsBeside([])()));
    }
  }

  /** What is asked once holds for all UPSes. What nobody touched stays as it was set for each of them. */
  #shareDecisions(): void {
    if (this.step !== 'power' && this.step !== 'mail') return;
    const { draft } = this.draft;
    const [first, ...others] = draft?.ups ?? [];
    const before = this.#before?.ups.find(({ id }) => id === first?.id);
    if (!draft || !first || others.length === 0) return;
    const decided = COMMON_KEYS.filter((key) => !isAlike(first[key], before?.[key]));
    const shared = Object.fromEntries(decided.map((key) => [key, first[key]]));
    if (decided.length > 0)
      this.draft.replace({ ...draft, ups: [first, ...others.map((ups) => ({ ...ups, ...shared }))] });
  }

  async #looked<Answer>(asked: Promise<Answer>, take: (answer: Answer) => void): Promise<void> {
    try {
      take(await asked);
      this.lookFailure = undefined;
    } catch (error) {
      this.lookFailure = error;
    }
  }
}

export const [useWizard, provideWizard] = createContext<Wizard>();
