/** The settings over the contract: looked at, checked, saved, and shown as the NUT files they amount to. */
import type { RequestName, RequestParams, RequestResult, SettingsState } from '#domain/contract.ts';
import { SettingsError, type AppError } from '#domain/errors.ts';
import { phrase } from '#domain/messages/message.ts';
import type { FieldProblem } from '#domain/schema/field-problem.ts';
import type { SecretDraft, Settings } from '#domain/schema/settings/settings.ts';
import { beyondNut } from '#engine/settings/beyond-nut.ts';
import { changeSettings, newUpsId, replaceSettings } from '#engine/settings/change-settings.ts';
import { checkSettings, errorsFirst } from '#engine/settings/check-settings.ts';
import { consoleProblems } from '#engine/settings/console-ports.ts';
import { readDraft, toDraft, toProposal, type ReadDraft } from '#engine/settings/draft.ts';
import type { ConsolePlaces } from '#engine/drivers/system-consoles.ts';
import { findImports, importPlaces, type ImportPlace } from '#engine/settings/find-imports.ts';
import { moveIn } from '#engine/settings/move-in.ts';
import { phrasesOf } from '#engine/settings/nut-conf/problem.ts';
import { previewOf } from '#engine/settings/nut-preview.ts';
import { readImport, type ImportSource } from '#engine/settings/read-import.ts';
import type { SettingsKeeper } from '#engine/settings/settings-keeper.ts';
import { KEPT_PASSWORD, usersFromText, usersToText, type UserSettings } from '#engine/settings/users-text.ts';

/** Where the settings are: in the hands of a keeper, or nothing that can be changed from here. */
export type SettingsSource =
  | {
      readonly kind: 'kept';
      readonly keeper: SettingsKeeper;
      /** Resolves once the newest settings are taken up, with what could not be. */
      applied(): Promise<AppError | undefined>;
    }
  | { readonly kind: 'nut-files' | 'demo'; settings(): Settings };

type SettingsRequest = Extract<RequestName, `settings.${string}`>;
export type SettingsHandlers = {
  [Name in SettingsRequest]: (params: RequestParams<Name>) => RequestResult<Name> | Promise<RequestResult<Name>>;
};

/** What of this computer settings have to do with. */
export interface Surroundings {
  /** Where other UPS programs keep their configurations. */
  readonly places: readonly ImportPlace[];
  readonly consoles?: ConsolePlaces;
  readonly env: NodeJS.ProcessEnv;
}

const thisComputer = (): Surroundings => ({
  places: importPlaces(process.platform, process.env),
  env: process.env,
});

/** @param testAlert sends a test about a UPS by the ways that settings name @throws AlertError */
export function createSettingsHandlers(
  from: SettingsSource,
  testAlert: (ups: string, settings: Settings) => Promise<void>,
  surroundings: Surroundings = thisComputer(),
): SettingsHandlers {
  const settingsNow = (): Settings => (from.kind === 'kept' ? from.keeper.current.settings : from.settings());

  const kept = (): Extract<SettingsSource, { readonly kind: 'kept' }> => {
    if (from.kind === 'kept') return from;
    throw new SettingsError('settings/read-only', {
      source: phrase(from.kind === 'demo' ? 'reason.demo' : 'reason.nut-files', {}),
    });
  };

  /** A draft with all that is wrong with it, on this computer too. Errors first. */
  const check = async (sent: unknown): Promise<ReadDraft> => {
    const read = readDraft(sent, settingsNow());
    if (!read.settings) return read;
    const here = await consoleProblems(read.settings, settingsNow(), surroundings.consoles);
    return { ...read, problems: errorsFirst([...read.problems, ...here]) };
  };

  const state = async (): Promise<SettingsState> => {
    const settings = settingsNow();
    const here = await consoleProblems(settings, settings, surroundings.consoles);
    const common = { settings: toDraft(settings), problems: wire([...checkSettings(settings), ...here]) };
    if (from.kind !== 'kept') return { ...common, revision: '', isReadOnly: true, hasUnseenPassword: false };
    const { keeper } = from;
    return {
      ...common,
      revision: keeper.current.revision,
      isReadOnly: false,
      ...(keeper.notice === undefined ? {} : { notice: keeper.notice.toWire() }),
      hasUnseenPassword: await keeper.hasUnseenPassword(),
    };
  };

  return {
    'settings.get': state,
    'settings.check': async ({ settings }) => ({ problems: wire((await check(settings)).problems) }),
    'settings.save': async ({ settings: sent, revision }) => {
      const source = kept();
      const { settings, renamed, problems } = await check(sent);
      if (!settings || problems.some(({ severity }) => severity === 'error')) {
        return { isSaved: false, problems: wire(problems), state: await state() };
      }
      await source.keeper.change((before) => {
        if (before.revision !== revision) throw new SettingsError('settings/changed-meanwhile', {});
        return replaceSettings(before, settings, renamed);
      });
      const failure = await source.applied();
      return {
        isSaved: true,
        problems: wire(problems),
        state: await state(),
        ...(failure === undefined ? {} : { failure: failure.toWire() }),
      };
    },
    'settings.preview': ({ settings: sent }) => {
      const { settings } = readDraft(sent, settingsNow());
      return settings ? { files: previewOf(settings), notes: beyondNut(settings) } : { files: [], notes: [] };
    },
    'settings.revealPassword': async () => {
      const password = await kept().keeper.revealPassword();
      return password === undefined ? {} : { password };
    },
    'settings.setEnergy': async ({ price, currency }) => {
      await kept().keeper.change((before) =>
        changeSettings(before, [
          ['energy.price', String(price ?? '')],
          ['energy.currency', currency],
        ]),
      );
      return {};
    },
    'settings.testAlert': async ({ ups, settings: sent }) => {
      const { settings, problems } = readDraft(sent, settingsNow());
      if (!settings) return { isSent: false, problems: wire(problems) };
      await testAlert(ups, settings);
      return { isSent: true, problems: [] };
    },
    'settings.findImports': async () => ({ found: await findImports(surroundings.places) }),
    'settings.readImport': async ({ kind, path = '', text = '' }) => {
      // Over the network nobody has this computer read whichever file they like.
      const isKnown = surroundings.places.some((place) => place.kind === kind && place.path === path);
      if (kind !== 'truenas' && !isKnown) throw new SettingsError('settings/no-import', { path });
      const source: ImportSource = kind === 'truenas' ? { kind, text, name: 'TrueNAS' } : { kind, path };
      const moved = await readImport(source, surroundings.env);
      const before = settingsNow();
      const { settings, problems } = moveIn(before, moved, newUpsId);
      return { settings: toProposal(settings, before), notes: [...moved.notes], problems: wire(problems) };
    },
    'settings.usersToText': ({ settings: sent }) => {
      const { settings } = readDraft(sent, settingsNow());
      return { text: usersToText((settings ?? settingsNow()).server.users) };
    },
    'settings.usersFromText': ({ text, settings: sent }) => {
      const before = settingsNow().server.users;
      // A password that was typed and is not saved yet stands behind "(set)" as well.
      const drafted = readDraft(sent, settingsNow());
      const { users, formerNames, problems } = usersFromText(text, drafted.settings?.server.users ?? before);
      const savedNames = drafted.accounts ?? new Map(before.map(({ name }) => [name, name]));
      return {
        // A password that was written is sent back as written, one that is kept as kept.
        users: users.map((user, index) => ({
          ...user,
          password: draftOf(user, before, savedNames.get(formerNames[index] ?? '')),
        })),
        problems: wire(
          problems.list().map((problem) => ({
            path: ['server', 'users'],
            severity: problem.severity,
            ...phrasesOf(problem),
            line: problem.line,
          })),
        ),
      };
    },
  };
}

/** @param savedName what the account is called in the settings; one that is new has no name there */
function draftOf({ name, password }: UserSettings, before: readonly UserSettings[], savedName?: string): SecretDraft {
  const known = savedName === undefined ? {} : { account: savedName };
  if (password === undefined || password === KEPT_PASSWORD) return { isSet: false, ...known };
  const owners = before.filter((user) => user.password === password).map((user) => user.name);
  const account = owners.find((owner) => owner === savedName) ?? owners.find((owner) => owner === name) ?? owners[0];
  return account === undefined ? { value: password, ...known } : { isSet: true, account };
}

type WireProblem = RequestResult<'settings.check'>['problems'][number];
const wire = (problems: readonly FieldProblem[]): WireProblem[] =>
  problems.map(({ path, ...problem }) => ({ ...problem, path: [...path] }));
