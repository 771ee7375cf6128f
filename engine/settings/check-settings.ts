/** What is wrong with settings beyond the shape of single values: what they would mean to NUT, and to strangers. */
import { phrase, textIn } from '#domain/messages/message.ts';
import type { ChannelType } from '#domain/schema/alerts.ts';
import type { FieldPath, FieldProblem } from '#domain/schema/field-problem.ts';
import type { Settings } from '#domain/schema/settings/settings.ts';
import { POLICY_DEFAULTS } from '#engine/monitor/policy.ts';
import { linesWithoutSecret } from './hidden-lines.ts';
import { isLoopback } from './nut-conf/loopback.ts';
import type { NutConf, UserConf } from './nut-conf/nut-conf.ts';
import { standsForCommand } from './shutdown-commands.ts';
import { toNutConf, type NutMeaning } from './settings-to-nut.ts';

/** The password that every TrueNAS ships with, so everybody knows it. */
export const SHIPPED_PASSWORD = 'fixmepass';

/** Errors first, in the order of the form. */
export function checkSettings(settings: Settings): readonly FieldProblem[] {
  const meaning = toNutConf(settings);
  const problems = [
    ...meaning.problems,
    ...hiddenProblems(settings),
    ...networkProblems(settings, meaning),
    ...commandProblems(settings),
    ...hostSyncRemarks(settings),
    ...mailProblems(settings),
    ...channelProblems(settings),
    ...channelRemarks(settings),
  ];
  return errorsFirst(problems);
}

export const errorsFirst = (problems: readonly FieldProblem[]): readonly FieldProblem[] => [
  ...problems.filter(({ severity }) => severity === 'error'),
  ...problems.filter(({ severity }) => severity !== 'error'),
];

/** Lines that were copied from where passwords are not shown. */
const hiddenProblems = ({ ups, server }: Settings): FieldProblem[] =>
  [
    ...ups.map(({ options }, index) => [['ups', index, 'options'], options] as const),
    [['server', 'optionsupsd'], server.optionsupsd] as const,
  ].flatMap(([path, lines]) =>
    linesWithoutSecret(lines).map((line): FieldProblem => ({
      path,
      line,
      severity: 'error',
      reason: phrase('field.hidden-password', {}),
      fix: phrase('field.hidden-password.fix', {}),
    })),
  );

/** Accounts with the password that everybody knows, where other computers may connect. */
export const exposedUsers = ({ upsd, users }: Pick<NutConf, 'upsd' | 'users'>): readonly UserConf[] =>
  upsd.listen.every(({ address }) => isLoopback(address))
    ? []
    : users.filter(({ password }) => password === SHIPPED_PASSWORD);

function networkProblems({ ups, server }: Settings, { conf }: NutMeaning): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const exposed = new Set(exposedUsers(conf).map(({ name }) => name));
  const accounts: readonly (readonly [FieldPath, string])[] = [
    [['server', 'monpwd'], server.monuser],
    ...server.users.map(({ name }, index) => [['server', 'users', index, 'password'], name] as const),
  ];
  for (const [path, name] of accounts) {
    if (!exposed.has(name)) continue;
    problems.push({
      path,
      severity: 'error',
      reason: phrase('field.known-password', {}),
      fix: phrase('field.known-password.fix', {}),
    });
  }
  server.users.forEach(({ password, name }, index) => {
    if (password !== undefined) return;
    problems.push({
      path: ['server', 'users', index, 'password'],
      severity: 'warning',
      reason: phrase('problem.no-password', { name }),
      fix: phrase('field.no-password.fix', {}),
    });
  });
  ups.forEach(({ mode, monpwd }, index) => {
    if (mode !== 'SLAVE' || monpwd !== undefined) return;
    problems.push({
      path: ['ups', index, 'monpwd'],
      severity: 'warning',
      reason: phrase('field.no-login', {}),
      fix: phrase('field.no-login.fix', {}),
    });
  });
  return problems;
}

/** Commands that never run. The other actions run those around them. */
const commandProblems = ({ ups }: Settings): FieldProblem[] =>
  ups.flatMap((one, index) =>
    (['shutdowncmd', 'shutdownbefore', 'shutdownafter'] as const)
      .filter((key) => one[key] !== '')
      .filter((key) => (key === 'shutdowncmd' ? !standsForCommand(one) : one.shutdownaction === 'nothing'))
      .map((key): FieldProblem => ({
        path: ['ups', index, key],
        severity: 'warning',
        reason: phrase('field.unused-command', {
          action: phrase(`form.ups.shutdownaction.${one.shutdownaction}`, {}),
        }),
        fix: phrase(`field.unused-command${key === 'shutdowncmd' ? '' : '-around'}.fix`, {}),
      })),
  );

/** The Host Sync of the primary is not known here: what it is unless set is what most have. */
const hostSyncRemarks = ({ ups }: Settings): FieldProblem[] =>
  ups.flatMap(({ mode, shutdownaction, shutdownbefore, shutdownextratimeout }, index): FieldProblem[] => {
    const seconds = POLICY_DEFAULTS.finalDelay + shutdownextratimeout;
    const isRun = mode === 'SLAVE' && shutdownaction !== 'nothing' && shutdownbefore !== '';
    if (!isRun || seconds <= POLICY_DEFAULTS.hostSync) return [];
    return [
      {
        path: ['ups', index, 'shutdownextratimeout'],
        severity: 'notice',
        reason: phrase('field.host-sync', { usual: POLICY_DEFAULTS.hostSync, seconds }),
        fix: phrase('field.host-sync.fix', {}),
      },
    ];
  });

const mailProblems = ({ ups, mail }: Settings): FieldProblem[] =>
  ups.flatMap(({ emailnotify }, index): FieldProblem[] =>
    emailnotify && mail.host === ''
      ? [
          {
            path: ['ups', index, 'emailnotify'],
            severity: 'warning',
            reason: phrase('field.no-mail-server', {}),
            fix: phrase('field.no-mail-server.fix', {}),
          },
        ]
      : [],
  );

/** Secrets without which a type cannot send. */
const NEEDED_SECRETS = {
  telegram: 'token',
  discord: 'url',
  slack: 'url',
  gotify: 'token',
  webhook: 'url',
} as const satisfies Partial<Record<ChannelType, string>>;

function channelProblems({ alerts }: Settings): FieldProblem[] {
  return alerts.channels.flatMap((channel, index): FieldProblem[] => {
    const at = (key: string): FieldPath => ['alerts', 'channels', index, key];
    const { type, url } = channel;
    const key = type in NEEDED_SECRETS ? NEEDED_SECRETS[type as keyof typeof NEEDED_SECRETS] : undefined;
    if (key !== undefined && channel[key] === undefined) {
      return [
        {
          path: at(key),
          severity: 'error',
          reason: phrase('field.missing', { because: phrase('expected.because', { key: 'type', value: type }) }),
          fix: phrase('field.missing.fix', {}),
        },
      ];
    }
    if (url === undefined || /^https?:\/\/[^/]/i.test(url)) return [];
    return [
      {
        path: at('url'),
        severity: 'error',
        reason: phrase('field.bad-value', {}),
        fix: phrase('field.bad-value.fix', { expected: phrase('expected.web-address', {}) }),
      },
    ];
  });
}

/** What of a channel is not as its owner means it. */
function channelRemarks({ ups, alerts }: Settings): FieldProblem[] {
  const known = new Set(ups.map(({ identifier }) => identifier.toLowerCase()));
  return alerts.channels.flatMap(({ upses, quietFrom, quietTo }, index): FieldProblem[] => {
    const strangers = known.size === 0 ? [] : upses.filter((name) => !known.has(name.toLowerCase()));
    const at = (key: string): FieldPath => ['alerts', 'channels', index, key];
    const remarks: FieldProblem[] = [];
    if (strangers.length > 0) {
      const [reason, fix] = [
        phrase('field.unknown-upses', { names: strangers }),
        phrase('field.unknown-upses.fix', {}),
      ];
      remarks.push({ path: at('upses'), severity: 'warning', reason, fix });
    }
    if ((quietFrom === '') !== (quietTo === '')) {
      const [reason, fix] = [phrase('field.half-quiet', {}), phrase('field.half-quiet.fix', {})];
      remarks.push({ path: at(quietFrom === '' ? 'quietFrom' : 'quietTo'), severity: 'warning', reason, fix });
    }
    return remarks;
  });
}

/** `KEY, line 3: what is wrong (what to do)`, for logs and terminals. */
export function describeFieldProblem({ path, line, reason, fix }: FieldProblem): string {
  const key = path.join('.').replace(/^server\.users\b.*/, 'server.extrausers');
  const place = line === undefined ? key : `${key}, line ${line}`;
  return `${place}: ${textIn(reason) ?? ''} (${textIn(fix) ?? ''})`;
}
