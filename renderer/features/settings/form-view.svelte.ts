/** What is looked at of the form: which UPS, how much, what is sought. Made once for the page, handed down by context. */
import type { RequestResult } from '#domain/contract.ts';
import type { FieldPath } from '#domain/schema/field-problem.ts';
import { createContext, tick } from 'svelte';
import type { AppState } from '../../state/app.svelte.ts';
import { isAlike } from '../../state/settings-changes.ts';
import type { SettingsDraftState } from '../../state/settings-draft.svelte.ts';
import { isFound } from './field-text.ts';
import { defaultOf, keyOf, pathOf, type FieldDescription, type UpsDraft } from './fields.ts';
import { randomPassword } from './random.ts';

export class FormView {
  readonly draft: SettingsDraftState;
  readonly #app: AppState;
  /** Place of the UPS that is shown. */
  upsIndex = $state(0);
  /** The channel whose card is open. */
  channelId = $state<string>();
  query = $state('');
  isExpert = $state(false);
  /** Fields say that they were changed, and offer to go back. */
  marksChanges = true;
  /** A field that is still to be filled in is not held against anybody before they were in it. */
  isPatient = $state(false);
  /** Models and drivers, once they were heard. */
  catalogue = $state.raw<RequestResult<'drivers.list'>>();
  /** Where other computers find this one. */
  own = $state.raw<RequestResult<'network.own'>>();

  readonly ups = $derived.by((): UpsDraft | undefined => this.draft.draft?.ups[this.upsIndex]);
  /** Nothing can be changed here. */
  readonly isLocked = $derived.by(() => this.draft.saved?.isReadOnly === true || this.#app.isCutOff);

  constructor(app: AppState, draft: SettingsDraftState) {
    this.#app = app;
    this.draft = draft;
  }

  get isSearching(): boolean {
    return this.query.trim() !== '';
  }

  async loadCatalogue(): Promise<void> {
    this.catalogue ??= await this.#heard(this.#app.engine.client.request('drivers.list', {}));
  }

  async loadOwn(): Promise<void> {
    this.own = (await this.#heard(this.#app.engine.client.request('network.own', {}))) ?? this.own;
  }

  /** A random password, which has to be seen before it is saved. */
  readonly makePassword = (): string => {
    const password = randomPassword();
    this.draft.made = [...this.draft.made, password];
    return password;
  };

  isShown(field: FieldDescription, index: number): boolean {
    const path = pathOf(field.name, index);
    if (this.isInTheWay(field, index) && !this.isSearching) return true;
    const sibling = (key: string): unknown => this.draft.value([...path.slice(0, -1), key]);
    if (field.mode !== undefined && sibling('mode') !== field.mode) return false;
    if (field.onlyWith !== undefined && sibling(field.onlyWith.key) !== field.onlyWith.value) return false;
    if (this.isSearching) return isFound(field.name, field.directive, this.query, this.#app.locale);
    if (this.isExpert || field.isExpert === undefined) return true;
    return !this.isDefault(field, path) || this.draft.problemsAt(path).length > 0;
  }

  /** Holds saving up: it has to be reached, whatever else was chosen meanwhile. */
  isInTheWay({ name }: FieldDescription, index: number): boolean {
    return this.draft.problemsAt(pathOf(name, index)).some(({ severity }) => severity === 'error');
  }

  isDefault(field: FieldDescription, path: FieldPath): boolean {
    return isAlike(this.draft.value(path), defaultOf(field.name));
  }

  /** Brings the field that something is wrong with into sight, and the hands to it. */
  async goTo(path: FieldPath): Promise<void> {
    this.query = '';
    const [group, index, place] = path;
    if (group === 'ups' && typeof index === 'number') this.upsIndex = index;
    if (index === 'channels') this.channelId = this.draft.draft?.alerts.channels[Number(place)]?.id;
    await tick();
    const field = document.getElementById(idOf(path));
    field?.scrollIntoView({ block: 'center' });
    const at = (selector: string): HTMLElement | undefined => field?.querySelector<HTMLElement>(selector) ?? undefined;
    const control = at('[aria-invalid="true"], .wrong button') ?? at('input, textarea, select, button');
    control?.focus();
  }

  /** The form is of use without what cannot be had; why it cannot is told above it. */
  async #heard<Answer>(asked: Promise<Answer>): Promise<Answer | undefined> {
    try {
      return await asked;
    } catch (error) {
      this.draft.failure = error;
      return undefined;
    }
  }
}

/** Where a field stands on the page. Accounts have one place together. */
export function idOf(path: FieldPath): string {
  const [group, second, third, fourth] = path;
  if (group === 'alerts') {
    return second === 'channels'
      ? `field-channel-${String(third)}-${String(fourth)}`
      : `field-alerts-${String(second)}-${String(third)}`;
  }
  if (group === 'ups') return `field-ups-${keyOf(`ups.${String(third)}` as FieldDescription['name'])}`;
  return `field-${String(group)}-${String(second)}`;
}

export const [useForm, provideForm] = createContext<FormView>();
