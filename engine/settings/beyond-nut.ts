/** What of settings a plain NUT configuration cannot say. */
import { phrase, type Text } from '#domain/messages/message.ts';
import { Settings, type UpsSettings } from '#domain/schema/settings/settings.ts';
import { RECORDING_PREFIX } from '#engine/adapters/recording-port.ts';
import { plainText } from '#engine/nut/protocol.ts';
import { parseDriverKey } from './driver-key.ts';
import { NUT_DRIVERS } from './nut-conf/driver-options.ts';
import { isNutWord, toNutConf } from './settings-to-nut.ts';
import { commandOf, hasAfterInLine } from './shutdown-commands.ts';

/** Each a sentence; empty where NUT can say all of it. */
export function beyondNut(settings: Settings): Text[] {
  const { ups, server, mail, web, alerts } = settings;
  const acting = ups.filter(({ shutdownaction }) => shutdownaction !== 'nothing');
  const isWebSet = JSON.stringify(web) !== JSON.stringify(Settings.parse({}).web);
  return [
    ...ups.flatMap((one, index) => beyondOf(one, `ups.${index}`)),
    ...differing(settings),
    ...(acting.length > 1 ? [phrase('beyond.several', {})] : []),
    ...(server.allow.length === 0 ? [] : [phrase('beyond.allow', { value: server.allow.join(',') })]),
    ...(server.rmonitor && server.announce ? [phrase('beyond.field', { key: 'server.announce', value: 'true' })] : []),
    ...(mail.host === '' ? [] : [phrase('beyond.field', { key: 'mail.host', value: mail.host })]),
    ...alerts.channels.map(({ type }, index) =>
      phrase('beyond.field', { key: `alerts.channels.${index}`, value: type }),
    ),
    ...(isWebSet ? [phrase('beyond.web', {})] : []),
  ];
}

/** Fields of one UPS for which there is no directive, with the value at which they ask for nothing. */
const WITHOUT_DIRECTIVE = { shutdowncharge: 0, shutdownruntime: 0, shutdownignore: 0, emailnotify: false } as const;
/** Fields that hold any text. */
const TEXTS = ['port', 'shutdowncmd'] as const;

function beyondOf(ups: UpsSettings, key: string): Text[] {
  const { driver } = parseDriverKey(ups.driver);
  const fields = Object.entries(WITHOUT_DIRECTIVE).flatMap(([name, none]) => {
    const value = ups[name as keyof typeof WITHOUT_DIRECTIVE];
    return value === none ? [] : [phrase('beyond.field', { key: `${key}.${name}`, value: String(value) })];
  });
  const line = commandOf(ups);
  const around = (['shutdownbefore', 'shutdownafter'] as const)
    .filter((name) => line !== undefined && ups[name] !== '')
    .filter((name) => !isNutWord(line ?? '') || (name === 'shutdownafter' && !hasAfterInLine(ups)))
    .map((name) => phrase('beyond.field', { key: `${key}.${name}`, value: ups[name] }));
  const texts = TEXTS.filter((name) => !isNutWord(ups[name])).map((name) =>
    phrase(ups[name].length > 512 ? 'beyond.too-long' : 'beyond.not-ascii', { key: `${key}.${name}` }),
  );
  if (ups.mode === 'SLAVE') {
    // What hangs elsewhere is served by nobody here.
    const names = ups.aliases.join(',');
    const aliases = names === '' ? [] : [phrase('beyond.field', { key: `${key}.aliases`, value: names })];
    return [...fields, ...around, ...texts, ...aliases];
  }
  const isSpelt = plainText(ups.description) !== ups.description;
  const isOwnPort = ups.port.startsWith(RECORDING_PREFIX);
  return [
    ...fields,
    ...around,
    ...texts,
    ...ups.aliases.map((alias) => phrase('beyond.alias', { alias, ups: ups.identifier })),
    ...(isSpelt ? [phrase('beyond.not-ascii', { key: `${key}.description` })] : []),
    ...(Object.hasOwn(NUT_DRIVERS, driver) ? [] : [phrase('beyond.no-nut-driver', { driver, ups: ups.identifier })]),
    ...(isOwnPort ? [phrase('beyond.no-nut-port', { port: ups.port, ups: ups.identifier })] : []),
  ];
}

/** Values that each UPS has here, and all of them together in upsmon.conf. */
function differing(settings: Settings): Text[] {
  const { upsmon } = toNutConf(settings).conf;
  const written = [
    ['hostsync', (ups: UpsSettings) => ups.hostsync, upsmon?.hostSync],
    ['nocommwarntime', (ups: UpsSettings) => ups.nocommwarntime, upsmon?.noCommWarnTime],
    ['shutdowncmd', commandOf, upsmon?.shutdownCmd],
  ] as const;
  const told = written.flatMap(([key, of, value]) => {
    const values = new Set(settings.ups.flatMap((ups) => of(ups) ?? []));
    return values.size > 1 ? [phrase('beyond.one-for-all', { key, value: String(value) })] : [];
  });
  const primaries = settings.ups.filter(({ mode }) => mode === 'MASTER');
  const isMixed = new Set(primaries.map(({ powerdown }) => powerdown)).size > 1;
  return [...told, ...(isMixed ? [phrase('beyond.one-for-all', { key: 'powerdown', value: 'true' })] : [])];
}
