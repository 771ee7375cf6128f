/** What will be true, as sentences. Pure. */
import type { MessageKey } from '#domain/messages/message.ts';
import type { Plan } from '#domain/schema/plan.ts';
import { clockLength } from '#domain/shutdown-sentence.ts';
import type { SettingsDraft } from '#domain/schema/settings/settings.ts';
import type { LocaleState } from '../../state/locale.svelte.ts';
import { asSentence, whenText } from '../../text/plan-text.ts';
import type { UpsDraft } from '../settings/fields.ts';

type Say = Pick<LocaleState, 't' | 'count' | 'list' | 'duration' | 'either' | 'say'>;

/** @param isOpen the units that were chosen can be read */
export function unitSentence({ ups }: SettingsDraft, isOpen: boolean, locale: Say): string {
  const remote = ups.filter(({ mode }) => mode === 'SLAVE');
  const local = ups.filter(({ mode }) => mode === 'MASTER');
  if (ups.length === 0) return locale.t('wizard.said.unit.first', {});
  const names = local.map(({ description, identifier }) => description || identifier);
  const isAnyOne = local.length === 1 && local[0]?.description === '' && local[0].options === '';
  return [
    ...(isAnyOne && local[0]?.driver === 'usbhid-ups'
      ? [locale.t('wizard.said.unit.first', {})]
      : names.length > 0
        ? [locale.t(isOpen ? 'wizard.said.unit.local' : 'wizard.said.unit.once', { names: locale.list(names) })]
        : []),
    ...remote.map(({ identifier, remotehost }) =>
      remotehost === ''
        ? locale.t('wizard.said.unit.remote.open', {})
        : locale.t('wizard.said.unit.remote', { ups: identifier, host: remotehost }),
    ),
  ].join(' ');
}

/** The names, and which part this computer plays. */
export function nameSentence({ ups }: SettingsDraft, locale: Say): string {
  const names = (ups.length > 0 ? ups : [UNNAMED]).map(({ identifier }) =>
    locale.t('wizard.quoted', { name: identifier }),
  );
  const hasCable = ups.length === 0 || ups.some(({ mode }) => mode === 'MASTER');
  return [
    locale.t('wizard.said.name', { names: locale.list(names) }),
    locale.t(hasCable ? 'wizard.said.role.primary' : 'wizard.said.role.secondary', {}),
  ].join(' ');
}

/** As the one is called that nobody has set up. */
const UNNAMED = { identifier: 'ups' };

/** What a UPS whose rules nobody has decided on does: it goes by a low battery. */
const UNDECIDED = {
  shutdown: 'LOWBATT',
  shutdowntimer: 0,
  shutdowncharge: 0,
  shutdownruntime: 0,
  shutdownaction: 'shutdown',
  shutdowncmd: '',
  powerdown: false,
} as const;

/** @param rehearsal with these settings; undefined while it is not known */
export function powerSentence(ups: UpsDraft | undefined, rehearsal: Plan | undefined, locale: Say): string {
  const rules = ups ?? UNDECIDED;
  const chosen = rules.shutdownaction === 'shutdown' && rules.shutdowncmd !== '' ? 'command' : rules.shutdownaction;
  const kind = rehearsal?.action ?? chosen;
  const does = locale.t(`monitor.plan.${kind}` satisfies MessageKey, {});
  const sentences = [asSentence(locale.t('wizard.said.power', { when: whenText(rules, locale), does }))];
  if (rehearsal && kind !== 'nothing') {
    const time = locale.duration(rehearsal.takesSeconds);
    sentences.push(locale.t(rehearsal.isMeasured ? 'wizard.said.took' : 'wizard.said.takes', { time }));
    const { beforeSeconds: before } = rehearsal;
    if (before !== undefined) sentences.push(locale.t('wizard.said.before', { time: clockLength(before) }));
    sentences.push(
      rehearsal.batterySeconds === undefined
        ? locale.t('wizard.said.no-figure', {})
        : locale.t('wizard.said.lasts', { time: locale.duration(rehearsal.batterySeconds) }),
    );
    if (rehearsal.isInTime === false) sentences.push(locale.t('wizard.said.too-short', {}));
  }
  if (rules.powerdown) sentences.push(locale.t('wizard.said.cut', {}));
  return sentences.join(' ');
}

export function networkSentence({ server }: SettingsDraft, locale: Say): string {
  if (!server.rmonitor) return locale.t('wizard.said.network.closed', {});
  if (server.users.length === 0) return locale.t('wizard.said.network.no-account', {});
  return locale.count('wizard.said.network.open', server.users.length, {});
}

export function mailSentence({ ups, mail }: SettingsDraft, locale: Say): string {
  const addresses = [...new Set(ups.flatMap(({ emailnotify, toemail }) => (emailnotify ? toemail : [])))];
  if (addresses.length === 0) return locale.t('wizard.said.mail.nobody', {});
  return locale.t(mail.host === '' ? 'wizard.said.mail.no-server' : 'wizard.said.mail', {
    addresses: locale.list(addresses),
  });
}
