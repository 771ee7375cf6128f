/** Settings as faces see and send them: without passwords, and with whatever a person has typed so far. */
import type { FieldProblem } from '#domain/schema/field-problem.ts';
import { Settings, SettingsDraft, type ChannelSettings, type SecretDraft } from '#domain/schema/settings/settings.ts';
import { checkSettings } from './check-settings.ts';
import { hideSecrets, restoreSecrets } from './hidden-lines.ts';
import { toFieldProblem } from './issue-problem.ts';

const shown = (secret: string | undefined): SecretDraft => ({ isSet: secret !== undefined });

type ChannelSecret = 'url' | 'token' | 'password';
type ChannelDraft = SettingsDraft['alerts']['channels'][number];

/** A channel with each of its secrets in another form. */
const withChannelSecrets = <Channel extends ChannelSettings | ChannelDraft, Secret>(
  channel: Channel,
  of: (secret: Channel[ChannelSecret], name: ChannelSecret) => Secret,
) => ({
  ...channel,
  url: of(channel.url, 'url'),
  token: of(channel.token, 'token'),
  password: of(channel.password, 'password'),
});

/** One that cannot be opened here looks as if there were none, and goes with its account all the same. */
const shownOf = ({ name, password }: Settings['server']['users'][number]): SecretDraft => ({
  isSet: password !== undefined,
  account: name,
});

export function toDraft(settings: Settings): SettingsDraft {
  const { ups, server, mail, alerts } = settings;
  return {
    ...settings,
    ups: ups.map((one) => ({ ...one, monpwd: shown(one.monpwd), options: hideSecrets(one.options) })),
    server: {
      ...server,
      optionsupsd: hideSecrets(server.optionsupsd),
      monpwd: shown(server.monpwd),
      users: server.users.map((user) => ({ ...user, password: shownOf(user) })),
    },
    mail: { ...mail, password: shown(mail.password) },
    alerts: { ...alerts, channels: alerts.channels.map((channel) => withChannelSecrets(channel, shown)) },
  };
}

/** Settings that are to be looked at before they are saved: what would be new about the passwords is in it. */
export function toProposal(settings: Settings, before: Settings): SettingsDraft {
  const proposed = (secret: string | undefined, known: string | undefined): SecretDraft =>
    secret === undefined || secret === known ? shown(secret) : { value: secret };
  const proposedLines = (lines: string, known: string | undefined): string =>
    lines === known ? hideSecrets(lines) : lines;
  const draft = toDraft(settings);
  return {
    ...draft,
    ups: draft.ups.map((one, index) => ({
      ...one,
      options: proposedLines(settings.ups[index]?.options ?? '', before.ups.find(({ id }) => id === one.id)?.options),
      monpwd: proposed(settings.ups[index]?.monpwd, before.ups.find(({ id }) => id === one.id)?.monpwd),
    })),
    server: {
      ...draft.server,
      optionsupsd: proposedLines(settings.server.optionsupsd, before.server.optionsupsd),
      monpwd: proposed(settings.server.monpwd, before.server.monpwd),
      users: draft.server.users.map((user, index) => {
        const known = before.server.users.find(({ name }) => name === user.name);
        const password = proposed(settings.server.users[index]?.password, known?.password);
        return { ...user, password: known ? { ...password, account: known.name } : password };
      }),
    },
  };
}

/** A password as it is after the draft: the new one, the one there was, or none. */
function meant(draft: SecretDraft, before: string | undefined): string | undefined {
  if ('value' in draft) return draft.value === '' ? undefined : draft.value;
  return draft.isSet ? before : undefined;
}

/** The account of a draft as it was: by the name it is kept under, which it may have left. */
function accountOf({ name, password }: SettingsDraft['server']['users'][number], before: Settings) {
  return before.server.users.find((user) => user.name === (password.account ?? name));
}

/**
 * The settings a draft stands for. A UPS or a channel is known by its id and an account by its name, wherever it
 * was moved to.
 */
function fromDraft(draft: SettingsDraft, before: Settings): Settings {
  const { ups, server, mail, alerts } = draft;
  return {
    ...draft,
    ups: ups.map((one) => {
      const known = before.ups.find(({ id }) => id === one.id);
      const options = restoreSecrets(one.options, known?.options ?? '');
      return { ...one, monpwd: meant(one.monpwd, known?.monpwd), options };
    }),
    server: {
      ...server,
      optionsupsd: restoreSecrets(server.optionsupsd, before.server.optionsupsd),
      monpwd: meant(server.monpwd, before.server.monpwd),
      users: server.users.map((user) => ({
        ...user,
        password: meant(user.password, accountOf(user, before)?.password),
      })),
    },
    mail: { ...mail, password: meant(mail.password, before.mail.password) },
    alerts: {
      ...alerts,
      channels: alerts.channels.map((channel) => {
        const known = before.alerts.channels.find(({ id }) => id === channel.id);
        return withChannelSecrets(channel, (secret, name) => meant(secret, known?.[name]));
      }),
    },
  };
}

/** One that is new is not who went by its name before. */
const accountsIn = ({ server }: SettingsDraft): ReadonlyMap<string, string> =>
  new Map(
    server.users.flatMap(({ name, password }) => {
      const account = password.account ?? ('isSet' in password && password.isSet ? name : undefined);
      return account === undefined ? [] : [[name, account] as const];
    }),
  );

const renamedIn = ({ server }: SettingsDraft): ReadonlyMap<string, string> =>
  new Map(
    server.users.flatMap(({ name, password: { account } }) =>
      account === undefined || account === name ? [] : [[account, name] as const],
    ),
  );

export interface ReadDraft {
  /** Absent where values do not have the shape they must have. */
  readonly settings?: Settings;
  /** Accounts that go by another name now: the new one, by the one before. */
  readonly renamed?: ReadonlyMap<string, string>;
  /** The names that accounts are kept under, by the one each has now; those that are new are not in it. */
  readonly accounts?: ReadonlyMap<string, string>;
  readonly problems: readonly FieldProblem[];
}

/** @param sent anything at all */
export function readDraft(sent: unknown, before: Settings): ReadDraft {
  const parsed = SettingsDraft.safeParse(sent);
  if (!parsed.success) return { problems: parsed.error.issues.map((issue) => toFieldProblem(issue, sent)) };
  const settings = fromDraft(parsed.data, before);
  // A password that is kept may be one that was put into the file by hand.
  const whole = Settings.safeParse(settings);
  if (!whole.success) return { problems: whole.error.issues.map((issue) => toFieldProblem(issue, settings)) };
  return {
    settings: whole.data,
    renamed: renamedIn(parsed.data),
    accounts: accountsIn(parsed.data),
    problems: checkSettings(whole.data),
  };
}
