/** `config show`: the settings in force, as text to be read. */
import { describeError } from '#domain/errors.ts';
import type { Settings, UpsSettings } from '#domain/schema/settings/settings.ts';
import { checkSettings, describeFieldProblem } from '#engine/settings/check-settings.ts';
import { parseDriverKey } from '#engine/settings/driver-key.ts';
import { hideSecrets } from '#engine/settings/hidden-lines.ts';
import { readSettings } from '#engine/settings/settings-store.ts';
import { lostPasswordErrors } from '#engine/settings/stored-settings.ts';
import { findWebSecrets } from '../web/secrets.ts';
import { EXIT, type CommandIo } from '../io.ts';

const told = (secret: string | undefined): string => (secret === undefined || secret === '' ? '(not set)' : '(set)');
const seconds = (count: number): string => (count === 1 ? '1 second' : `${count} seconds`);

/** @throws SettingsError for settings that cannot be read */
export async function showSettings(dataDir: string, io: CommandIo): Promise<number> {
  const stored = await readSettings(dataDir);
  const { settings } = stored;
  const passwords = (await findWebSecrets(dataDir))?.passwords ?? {};
  const blocks = [
    [
      `Settings of ${dataDir}`,
      ...(stored.revision === '' ? ['  Nothing was set; these are the defaults.'] : []),
      ...lostPasswordErrors(stored).map((error) => `  ${describeError(error)}`),
    ],
    ...(settings.ups.length === 0
      ? [['No UPS is named: the first one on USB is served as "ups".']]
      : settings.ups.map((ups, index) => upsLines(ups, index, settings.server))),
    serverLines(settings.server),
    mailLines(settings.mail),
    webLines(settings.web, passwords),
    ...(settings.energy.price === undefined ? [] : [energyLines(settings.energy)]),
    ...(problemLines(settings).length > 1 ? [problemLines(settings)] : []),
  ];
  io.stdout.write(blocks.map((lines) => `${lines.join('\n')}\n`).join('\n'));
  return EXIT.ok;
}

function upsLines(ups: UpsSettings, index: number, server: Settings['server']): string[] {
  const { driver, model } = parseDriverKey(ups.driver);
  return [
    `UPS ${ups.identifier} (ups.${index})${ups.description === '' ? '' : `: ${ups.description}`}`,
    ups.mode === 'MASTER'
      ? `  This computer has the cable: driver ${driver}${model === undefined ? '' : ` (${model})`}, port ${ups.port}.`
      : `  Another computer has the cable: ${ups.remotehost} port ${ups.remoteport}, account ${ups.monuser}, password ${told(ups.monpwd)}.`,
    ...(ups.aliases.length === 0 ? [] : [`  Also served as ${ups.aliases.join(', ')}.`]),
    `  ${shutdownSentence(ups)}`,
    ...aroundLines(ups),
    ...(ups.shutdownignore > 0 ? [`  Outages shorter than ${seconds(ups.shutdownignore)} do not count.`] : []),
    ups.mode === 'MASTER' && ups.powerdown
      ? '  The UPS is switched off afterwards, so that everything starts when the mains are back.'
      : '  The UPS is left on.',
    ups.mode === 'MASTER'
      ? `  Other computers have ${seconds(ups.hostsync)} to shut down first.`
      : `  The other computer has ${seconds(ups.hostsync)} to say so before.`,
    `  Lost contact is told after ${seconds(ups.nocommwarntime ?? 300)}, and again each time so much has passed.`,
    ups.emailnotify ? `  Mail goes to ${ups.toemail.join('; ')}.` : '  No mail is sent.',
    ...linesOf('Further lines of ups.conf', hideSecrets(ups.options)),
    ...(ups.mode === 'MASTER' ? [`  Other programs ask for ${ups.identifier}@HOST:${server.remoteport}.`] : []),
  ];
}

const ACTIONS: Readonly<Record<UpsSettings['shutdownaction'], string>> = {
  shutdown: 'this computer shuts down',
  hibernate: 'this computer hibernates',
  sleep: 'this computer goes to sleep',
  'hybrid-sleep': 'this computer goes to sleep, prepared for losing power',
  restart: 'this computer restarts',
  command: 'the shutdown command is run',
  nothing: 'nothing is done',
};

function shutdownSentence(ups: UpsSettings): string {
  if (ups.shutdownaction === 'nothing') return 'Nothing is done when the power goes.';
  const when = [
    ...(ups.shutdown === 'BATT' ? [`after ${seconds(ups.shutdowntimer)} on battery`] : []),
    ...(ups.shutdowncharge > 0 ? [`at ${ups.shutdowncharge} % charge`] : []),
    ...(ups.shutdownruntime > 0 ? [`with ${seconds(ups.shutdownruntime)} of runtime left`] : []),
    'as soon as the battery is low',
  ];
  const first =
    when.length === 1 ? (when[0] ?? '') : `${when.slice(0, -1).join(', ')} or ${when.at(-1) ?? ''}, whichever is first`;
  const command = ups.shutdowncmd === '' ? '' : ` (${ups.shutdowncmd})`;
  return `${first.charAt(0).toUpperCase()}${first.slice(1)}, ${ACTIONS[ups.shutdownaction]}${command}.`;
}

function aroundLines(ups: UpsSettings): string[] {
  if (ups.shutdownaction === 'nothing') return [];
  const time = `for ${seconds(ups.shutdownextratimeout)} at most`;
  return [
    ...(ups.shutdownbefore === '' ? [] : [`  Before it a command is run, ${time} (${ups.shutdownbefore}).`]),
    ...(ups.shutdownafter === '' ? [] : [`  After it a command is run, ${time} (${ups.shutdownafter}).`]),
  ];
}

function serverLines(server: Settings['server']): string[] {
  const rights = (user: Settings['server']['users'][number]): string => {
    const list = [
      ...(user.upsmon === 'none' ? [] : [user.upsmon]),
      ...user.actions,
      ...(user.instcmds.length === 0 ? [] : [`commands ${user.instcmds.join(' ')}`]),
    ];
    return list.length === 0 ? 'no rights' : list.join(', ');
  };
  return [
    'NUT server (server)',
    `  ${server.rmonitor ? 'Other computers may connect' : 'Only this computer may connect'}, port ${server.remoteport}.`,
    ...(server.rmonitor && server.announce ? ['  The local network is told of it.'] : []),
    ...(server.allow.length === 0 ? [] : [`  Allowed addresses: ${server.allow.join(', ')}.`]),
    `  Account ${server.monuser} of this computer: password ${told(server.monpwd)}.`,
    ...server.users.map((user) => `  Account ${user.name}: ${rights(user)}, password ${told(user.password)}.`),
    ...linesOf('Further lines of upsd.conf', hideSecrets(server.optionsupsd)),
  ];
}

function mailLines(mail: Settings['mail']): string[] {
  if (mail.host === '') return ['Mail server (mail)', '  None is set.'];
  const port = mail.port ?? { none: 25, starttls: 587, tls: 465 }[mail.security];
  return [
    'Mail server (mail)',
    `  ${mail.host} port ${port}, encryption ${mail.security}.`,
    mail.user === '' ? '  No log-in.' : `  User ${mail.user}, password ${told(mail.password)}.`,
    ...(mail.from === '' ? [] : [`  Sender ${mail.from}.`]),
  ];
}

function webLines(web: Settings['web'], passwords: { readonly control?: string; readonly read?: string }): string[] {
  return [
    'Web interface (web)',
    `  Certificate: ${web.tls}${web.tls === 'files' ? `, ${web.certFile ?? ''}` : ''}.`,
    ...(web.allowPlainHttp ? ['  Other computers may connect without encryption.'] : []),
    ...(web.hostNames.length === 0 ? [] : [`  Also reached as ${web.hostNames.join(', ')}.`]),
    `  Password ${told(passwords.control)}, password to look only ${told(passwords.read)}.`,
  ];
}

const energyLines = ({ price, currency }: Settings['energy']): string[] => [
  'Energy (energy)',
  `  A kilowatt-hour costs ${`${price ?? ''} ${currency}`.trim()}.`,
];

const problemLines = (settings: Settings): string[] => [
  'What is wrong with them',
  ...checkSettings(settings).map((problem) => `  ${describeFieldProblem(problem)}`),
];

const linesOf = (title: string, text: string): string[] =>
  text.trim() === ''
    ? []
    : [
        `  ${title}:`,
        ...text
          .trimEnd()
          .split('\n')
          .map((line) => `    ${line}`),
      ];
