/** The settings while somebody edits them: one draft, which outlives the page it is edited on. */
import type { EngineClient } from '#domain/client.ts';
import type { RequestResult, SettingsState } from '#domain/contract.ts';
import { AppError, RemoteError } from '#domain/errors.ts';
import type { FieldPath } from '#domain/schema/field-problem.ts';
import type { SettingsDraft } from '#domain/schema/settings/settings.ts';
import { changesBetween, isAlike, rebase, valueAt, withValueAt, type Change } from './settings-changes.ts';

export type Problem = RequestResult<'settings.check'>['problems'][number];

/** Problems are looked for when the hands rest. */
const CHECK_AFTER_MS = 250;

const isOvertaken = (error: unknown): boolean =>
  (error instanceof AppError || error instanceof RemoteError) && error.code === 'settings/changed-meanwhile';

/** For a page that comes and goes. What a component makes ends with it, and with that what is derived from it. */
export function openSettingsDraft(client: EngineClient): SettingsDraftState {
  let draft: SettingsDraftState | undefined;
  const end = $effect.root(() => {
    draft = new SettingsDraftState(client);
  });
  if (!draft) throw new Error('a root effect runs at once');
  draft.onStop = end;
  return draft;
}

export class SettingsDraftState {
  /** Runs at the end of it. */
  onStop: (() => void) | undefined;
  /** The settings as they are; undefined until they were heard. */
  saved = $state.raw<SettingsState>();
  /** Numbers may be texts in it, while they are typed. */
  draft = $state.raw<SettingsDraft>();
  problems = $state.raw<readonly Problem[]>([]);
  /** Why they could not be read, saved or taken up. */
  failure = $state.raw<unknown>();
  /** What somebody else changed below this draft. */
  overtakenBy = $state.raw<readonly Change[]>([]);
  /** The password that the program made, once it was asked for. */
  revealed = $state<string>();
  /** Passwords that were made on this page and nobody typed: they are shown until they are saved. */
  made = $state.raw<readonly string[]>([]);
  /** Passwords of accounts that were saved since the page was opened, by name: they are still to be entered elsewhere. */
  #written = $state.raw<readonly (readonly [name: string, password: string])[]>([]);
  isSaving = $state(false);
  /** Saved a moment ago, and nothing changed since. */
  isFresh = $state(false);

  readonly changes = $derived.by((): readonly Change[] =>
    this.saved && this.draft ? changesBetween(this.saved.settings, this.draft) : [],
  );
  /** What is to be told of the text of accounts that was read last. */
  usersProblems = $state.raw<readonly Problem[]>([]);
  /** Such a text that cannot be used as it is: it is kept as it was typed, and holds saving up. */
  brokenUsersText = $state<string>();
  readonly errors = $derived.by(() => [
    ...this.problems.filter(({ severity }) => severity === 'error'),
    ...(this.brokenUsersText === undefined ? [] : this.usersProblems.filter(({ severity }) => severity === 'error')),
  ]);

  readonly #client: EngineClient;
  readonly #checkAfterMs: number;
  readonly #stopListening: () => void;
  #checks = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #heardRevision: string | undefined;
  /** Something typed that is on its way into the draft. */
  #taking: Promise<unknown> | undefined;

  constructor(client: EngineClient, checkAfterMs = CHECK_AFTER_MS) {
    this.#client = client;
    this.#checkAfterMs = checkAfterMs;
    this.#stopListening = client.subscribe('settings.changed', ({ revision }) => {
      this.#heardRevision = revision;
      void this.#catchUp();
    });
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#stopListening();
    this.onStop?.();
  }

  /** Reads the settings; what was edited meanwhile is kept. */
  async load(): Promise<void> {
    try {
      this.#take(await this.#client.request('settings.get', {}));
      this.failure = undefined;
    } catch (error) {
      this.failure = error;
    }
  }

  value(path: FieldPath): unknown {
    return valueAt(this.draft, path);
  }

  set(path: FieldPath, value: unknown): void {
    if (!this.draft) return;
    this.#become(withValueAt(this.draft, path, value));
  }

  /** Other settings in place of the whole draft. */
  replace(draft: SettingsDraft): void {
    this.#become(draft);
  }

  addUps(ups: SettingsDraft['ups'][number]): void {
    if (this.draft) this.#become({ ...this.draft, ups: [...this.draft.ups, ups] });
  }

  removeUps(id: string): void {
    if (this.draft) this.#become({ ...this.draft, ups: this.draft.ups.filter((ups) => ups.id !== id) });
  }

  addChannel(channel: SettingsDraft['alerts']['channels'][number]): void {
    if (this.draft) this.set(['alerts', 'channels'], [...this.draft.alerts.channels, channel]);
  }

  removeChannel(id: string): void {
    const channels = this.draft?.alerts.channels.filter((channel) => channel.id !== id);
    if (channels) this.set(['alerts', 'channels'], channels);
  }

  /** The value that is in force for a field of the draft. */
  savedValue(path: FieldPath): unknown {
    const member = this.#memberOf(path);
    return member ? valueAt(member.saved, member.rest) : valueAt(this.saved?.settings, path);
  }

  /** A UPS or a channel that was just added has nothing yet to be told apart from. */
  isChanged(path: FieldPath): boolean {
    const member = this.#memberOf(path);
    if (member && member.saved === undefined) return false;
    return !isAlike(this.value(path), this.savedValue(path));
  }

  /** Where a path is about a member of a list: the same one as it is saved, wherever it stands there. */
  #memberOf(path: FieldPath): { readonly saved: unknown; readonly rest: FieldPath } | undefined {
    const list = path[0] === 'ups' ? ['ups'] : path[1] === 'channels' ? ['alerts', 'channels'] : undefined;
    const index = list && path[list.length];
    if (!list || typeof index !== 'number') return undefined;
    const membersOf = (settings: unknown) => (valueAt(settings, list) ?? []) as readonly { readonly id: string }[];
    const id = membersOf(this.draft)[index]?.id;
    return {
      saved: membersOf(this.saved?.settings).find((one) => one.id === id),
      rest: path.slice(list.length + 1),
    };
  }

  problemsAt(path: FieldPath): readonly Problem[] {
    return this.problems.filter((problem) => path.every((step, index) => problem.path[index] === step));
  }

  discard(): void {
    if (!this.saved) return;
    this.overtakenBy = [];
    this.made = [];
    this.failure = undefined;
    this.#forgetUsersText();
    this.#become(this.saved.settings);
  }

  /** @returns whether they were saved; what is in the way is in `problems` or `failure` */
  async save(): Promise<boolean> {
    if (this.isSaving) return false;
    this.isSaving = true;
    this.failure = undefined;
    try {
      // Leaving a field for the button may have begun to take it up.
      if (this.#taking) await this.#taking;
      const { draft: sent, saved } = this;
      if (!sent || !saved || this.brokenUsersText !== undefined) return false;
      const answer = await this.#client.request('settings.save', { settings: sent, revision: saved.revision });
      this.#answered(answer.problems);
      if (!answer.isSaved) return false;
      this.overtakenBy = [];
      // What was typed while they were saved is not saved yet.
      this.draft = rebase(sent, this.draft ?? sent, answer.state.settings);
      this.saved = answer.state;
      this.made = [];
      this.#written = sent.server.users.flatMap((user) => {
        const password = this.passwordOf(user);
        return password === undefined ? [] : [[user.name, password] as const];
      });
      this.#forgetUsersText();
      this.failure = answer.failure;
      this.isFresh = this.changes.length === 0;
      if (!this.isFresh) this.#check();
      return true;
    } catch (error) {
      // Somebody else was faster: theirs is read, ours is put on top, and it is for the person to look and save again.
      if (isOvertaken(error)) await this.load();
      this.failure = error;
      return false;
    } finally {
      this.isSaving = false;
      void this.#catchUp();
    }
  }

  async reveal(): Promise<void> {
    try {
      const { password } = await this.#client.request('settings.revealPassword', {});
      this.revealed = password;
      if (this.saved) this.saved = { ...this.saved, hasUnseenPassword: false };
    } catch (error) {
      this.failure = error;
    }
  }

  /** The password of an account of the draft, where it was typed or made since the page was opened. */
  passwordOf({ name, password }: SettingsDraft['server']['users'][number]): string | undefined {
    if ('value' in password) return password.value;
    if (!password.isSet) return undefined;
    const account = password.account ?? name;
    return this.#written.find(([saved]) => saved === account)?.[1];
  }

  /** The accounts as text of an upsd.users. @throws as the request */
  async usersText(): Promise<string> {
    return (await this.#client.request('settings.usersToText', this.#onlyUsers())).text;
  }

  /** Accounts from such a text. One with an error changes none: it stays until it is put right. @throws as the request */
  takeUsersText(text: string): Promise<void> {
    const taken = this.#takeUsersText(text);
    const taking = taken
      .catch(() => undefined) // who asked is told
      .finally(() => {
        // Another text may have been left meanwhile.
        if (this.#taking === taking) this.#taking = undefined;
      });
    this.#taking = taking;
    return taken;
  }

  /** Resolves once a text that was just left is read. */
  async usersTextTaken(): Promise<void> {
    await this.#taking;
  }

  async #takeUsersText(text: string): Promise<void> {
    const { users, problems } = await this.#client.request('settings.usersFromText', { text, ...this.#onlyUsers() });
    const isBroken = problems.some(({ severity }) => severity === 'error');
    this.usersProblems = problems;
    this.brokenUsersText = isBroken ? text : undefined;
    if (!isBroken) this.set(['server', 'users'], users);
  }

  #forgetUsersText(): void {
    this.brokenUsersText = undefined;
    this.usersProblems = [];
  }

  /** What else is wrong with the draft has nothing to do with them. */
  #onlyUsers(): { settings: Record<string, unknown> } {
    return { settings: { server: { users: this.draft?.server.users ?? [] } } };
  }

  #take(state: SettingsState): void {
    const { saved, draft } = this;
    this.#written = [];
    if (saved && draft && this.changes.length > 0) {
      const theirs = changesBetween(saved.settings, state.settings);
      const told = this.overtakenBy.filter(({ key }) => !theirs.some((change) => change.key === key));
      this.overtakenBy = [...told, ...theirs];
      this.draft = rebase(saved.settings, draft, state.settings);
    } else {
      this.draft = state.settings;
    }
    this.saved = state;
    this.#check();
  }

  #become(draft: SettingsDraft): void {
    this.draft = draft;
    this.isFresh = false;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#check(), this.#checkAfterMs);
  }

  /** Asks what is wrong. Only the answer to the newest question counts. */
  #check(): void {
    clearTimeout(this.#timer);
    const { draft } = this;
    if (!draft) return;
    const number = ++this.#checks;
    this.#client.request('settings.check', { settings: draft }).then(
      ({ problems }) => {
        if (number === this.#checks) this.problems = problems;
      },
      (error: unknown) => {
        if (number === this.#checks) this.failure = error;
      },
    );
  }

  /** Problems that came with another answer: what was asked before is out of date. */
  #answered(problems: readonly Problem[]): void {
    this.#checks += 1;
    this.problems = problems;
  }

  /** Reads the settings again when somebody else changed them; our own changes are in the answer to saving. */
  async #catchUp(): Promise<void> {
    if (this.isSaving || !this.saved || this.#heardRevision === undefined) return;
    if (this.#heardRevision !== this.saved.revision) await this.load();
  }
}
