/**
 * What the settings mean to NUT: the same model that its files are read into. One path leads from there to the engine,
 * whether the files were written by hand or stand for a form; the writers make the preview and the export of it.
 */
import { phrase } from '#domain/messages/message.ts';
import type { FieldPath, FieldProblem } from '#domain/schema/field-problem.ts';
import type { Settings, UpsSettings } from '#domain/schema/settings/settings.ts';
import { asSeconds } from '#domain/units.ts';
import type { UpsConfig } from '#engine/drivers/driver.ts';
import { plainText } from '#engine/nut/protocol.ts';
import { quote } from '#engine/nut/words.ts';
import { parseDriverKey } from './driver-key.ts';
import type { MonitorConf, NutConf, UpsdConf, UpsmonConf } from './nut-conf/nut-conf.ts';
import { NUT_FILE_DEFAULTS } from './nut-conf/nut-file-conf.ts';
import { phrasesOf, Problems, type NutConfProblem } from './nut-conf/problem.ts';
import { readSections } from './nut-conf/section-file.ts';
import { readUpsConf } from './nut-conf/ups-conf.ts';
import { readUpsdConf } from './nut-conf/upsd-conf.ts';
import { UPSMON_DEFAULTS } from './nut-conf/upsmon-conf.ts';
import { actionCommandOf, commandOf } from './shutdown-commands.ts';
import { toUserConf } from './users-text.ts';

export interface NutMeaning {
  readonly conf: NutConf;
  /** What is wrong with the lines that were written by hand, and where. */
  readonly problems: readonly FieldProblem[];
}

/** Whether NUT's grammar can hold a text to the letter. */
export const isNutWord = (text: string): boolean => /^[\x20-\x7e]{0,512}$/.test(text);

const bytesOf = (lines: readonly string[]): Uint8Array => new TextEncoder().encode(`${lines.join('\n')}\n`);

/** Problems of a text that stands below `above` lines of ours, as problems of the field that holds it. */
const inField = (path: FieldPath, problems: readonly NutConfProblem[], above: number): FieldProblem[] =>
  problems.map((problem) => ({
    path,
    severity: problem.severity,
    ...asFieldSays(problem, above),
    ...(problem.line > above ? { line: problem.line - above } : {}),
  }));

/** A line that a problem points at is counted in the field, too; one of ours is another field. */
function asFieldSays(problem: NutConfProblem, above: number): Pick<FieldProblem, 'reason' | 'fix'> {
  const { code, details } = problem;
  const { first, name } = details;
  if (typeof first !== 'number') return phrasesOf(problem);
  if (first > above) return phrasesOf({ ...problem, details: { ...details, first: first - above } });
  if (code !== 'repeated') return phrasesOf(problem);
  return {
    reason: phrase('field.said-elsewhere', { name: String(name) }),
    fix: phrase('field.said-elsewhere.fix', {}),
  };
}

export function toNutConf(settings: Settings): NutMeaning {
  const sections = settings.ups.map((ups, index) => toSection(ups, ['ups', index]));
  const upsd = toUpsdConf(settings.server);
  const { monuser, monpwd, users } = settings.server;
  const own = { name: monuser, actions: [], instcmds: [], upsmon: 'primary' as const };
  return {
    conf: {
      ups: sections.flatMap(({ config }) => (config ? [config] : [])),
      upsGlobal: {},
      upsd: upsd.conf,
      users: [toUserConf(monpwd === undefined ? own : { ...own, password: monpwd }), ...users.map(toUserConf)],
      upsmon: toUpsmonConf(settings),
      // Modes and timers are the monitor's own rules here.
      upssched: undefined,
      nut: { ...NUT_FILE_DEFAULTS, mode: modeOf(settings.ups) },
      problems: [],
    },
    problems: [...sections.flatMap(({ problems }) => problems), ...upsd.problems],
  };
}

/** `netclient` where every cable is elsewhere. */
const modeOf = (upses: readonly UpsSettings[]): NutConf['nut']['mode'] =>
  upses.length > 0 && upses.every(({ mode }) => mode === 'SLAVE') ? 'netclient' : 'netserver';

/** Further names of a UPS, for its section. */
export const aliasesOf = ({ aliases }: Pick<UpsSettings, 'aliases'>): Pick<UpsConfig, 'aliases'> =>
  aliases.length === 0 ? {} : { aliases };

/** Of the lines above those of the form's own field. */
const PORT_LINE = 3;

/** The section of ups.conf; a UPS that hangs elsewhere has none. */
function toSection(
  ups: UpsSettings,
  path: FieldPath,
): { readonly config: UpsConfig | undefined; readonly problems: readonly FieldProblem[] } {
  const { driver, options } = parseDriverKey(ups.driver);
  const desc = plainText(ups.description);
  const head = [
    `[${ups.identifier}]`,
    `driver = ${quote(driver)}`,
    `port = ${quote(ups.port)}`,
    ...(desc === '' ? [] : [`desc = ${quote(desc)}`]),
    ...Object.entries(options).map(([name, value]) => (value === true ? name : `${name} = ${quote(value)}`)),
  ];
  const found = new Problems('ups.conf');
  const read = readUpsConf(bytesOf([...head, ups.options]), found);
  const config = read.ups.find(({ name }) => name === ups.identifier);
  const others = readSections(bytesOf([ups.options]), new Problems('ups.conf')).sections;
  // What stands below another title is not of this UPS; that it is there is told once.
  const end = head.length + Math.min(...others.map(({ line }) => line));
  const listed = found.list().filter(({ line }) => line < end);
  const problems = [
    ...inField(
      [...path, 'options'],
      listed.filter(({ line }) => line > head.length),
      head.length,
    ),
    ...inField(
      [...path, 'driver'],
      // The port is taken as it is, below.
      listed.filter(({ line }) => line <= head.length && line !== PORT_LINE),
      head.length,
    ),
    ...others.map(({ name, line }): FieldProblem => ({
      path: [...path, 'options'],
      severity: 'error',
      reason: phrase('field.section-in-options', { name }),
      fix: phrase('field.section-in-options.fix', {}),
      line,
    })),
  ];
  if (ups.mode === 'SLAVE') return { config: undefined, problems: problems.filter((one) => one.line !== undefined) };
  // NUT's grammar knows ASCII only, and words of 512 characters; a path of ours may be more.
  // So are the accents of a description.
  return {
    config: config && {
      ...config,
      ...aliasesOf(ups),
      ...(isNutWord(ups.port) ? {} : { port: ups.port }),
      ...((config.description ?? '') === desc && ups.description !== '' ? { description: ups.description } : {}),
    },
    problems,
  };
}

const LOOPBACK = ['127.0.0.1', '::1'];
const EVERYWHERE = ['0.0.0.0', '::0'];

function toUpsdConf(server: Settings['server']): {
  readonly conf: UpsdConf;
  readonly problems: readonly FieldProblem[];
} {
  const listen = (server.rmonitor ? EVERYWHERE : LOOPBACK).map((host) => `LISTEN ${host} ${server.remoteport}`);
  const problems = new Problems('upsd.conf');
  const read = readUpsdConf(bytesOf([...listen, server.optionsupsd]), problems);
  // Old TLS is for old appliances; who has one says so.
  const conf = /^\s*DISABLE_WEAK_SSL\b/m.test(server.optionsupsd) ? read : { ...read, disableWeakSsl: true };
  return { conf, problems: inField(['server', 'optionsupsd'], problems.list(), listen.length) };
}

/** NUT has one value for all UPSes of a computer where the form has one for each: the most careful one. */
function toUpsmonConf({ ups, server }: Settings): UpsmonConf {
  const longest = (values: readonly number[], otherwise: number): number =>
    values.length === 0 ? otherwise : Math.max(...values);
  const warnings = ups.flatMap(({ nocommwarntime }) => nocommwarntime ?? []);
  const [command] = ups.flatMap((one) => lineOf(one) ?? []);
  return {
    ...UPSMON_DEFAULTS,
    monitors: ups.map((one) => toMonitor(one, server)),
    // upsmon refuses to start where less than that is fed, and without a command.
    minSupplies: command === undefined ? 0 : 1,
    shutdownCmd: command ?? '/bin/true',
    hostSync: asSeconds(
      longest(
        ups.map(({ hostsync }) => hostsync),
        UPSMON_DEFAULTS.hostSync,
      ),
    ),
    ...(warnings.length === 0 ? {} : { noCommWarnTime: asSeconds(Math.min(...warnings)) }),
    ...(ups.some(({ mode, powerdown }) => mode === 'MASTER' && powerdown) ? { powerDownFlag: '/etc/killpower' } : {}),
  };
}

/** Where the commands around the action do not fit into a word of NUT's, the action alone. */
function lineOf(ups: UpsSettings): string | undefined {
  const whole = commandOf(ups);
  return whole === undefined || isNutWord(whole) ? whole : actionCommandOf(ups);
}

function toMonitor(ups: UpsSettings, server: Settings['server']): MonitorConf {
  const account =
    ups.mode === 'MASTER'
      ? { host: 'localhost', port: server.remoteport, user: server.monuser, password: server.monpwd }
      : { host: ups.remotehost, port: ups.remoteport, user: ups.monuser, password: ups.monpwd };
  return {
    ...account,
    password: account.password ?? '',
    ups: ups.identifier,
    // Only watched, where nothing is done.
    powerValue: ups.shutdownaction === 'nothing' ? 0 : 1,
    role: ups.mode === 'MASTER' ? 'primary' : 'secondary',
  };
}
