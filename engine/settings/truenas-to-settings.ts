/**
 * The UPS service of a TrueNAS as settings: what its API answers to `ups.config`. The three e-mail keys are those of
 * versions before 22.02.
 */
import { z } from 'zod';
import { SettingsError } from '#domain/errors.ts';
import { phrase } from '#domain/messages/message.ts';
import type { FieldProblem } from '#domain/schema/field-problem.ts';
import { jsonFault } from '#engine/json-lines.ts';
import { LONGEST_TIMER, LONGEST_WAIT, SHUTDOWN_MODES, UPS_MODES } from '#domain/schema/settings/ups-settings.ts';
import { parseDriverKey } from './driver-key.ts';
import type { Moved } from './move-in.ts';
import { knownIdentifier, Moving } from './moving.ts';
import { phrasesOf } from './nut-conf/problem.ts';
import { isGroup, type Group } from './stored-settings.ts';
import { usersFromText, type UserSettings } from './users-text.ts';

/** Numbers may come as texts out of older exports. */
const Whole = z.union([
  z.number().int(),
  z
    .string()
    .regex(/^-?\d{1,9}$/)
    .transform(Number),
]);
const YesNo = z.union([z.boolean(), z.literal([0, 1]).transform(Boolean)]);
/** Absent, null and empty are the same. */
const Word = z
  .string()
  .nullish()
  .transform((text) => text ?? '');

const capitals = (words: readonly string[]) =>
  z
    .string()
    .transform((text) => text.toUpperCase())
    .refine((text) => words.includes(text));

const FIELDS = {
  identifier: Word,
  mode: capitals(UPS_MODES).default('MASTER'),
  driver: Word,
  port: Word,
  remotehost: Word,
  remoteport: Whole.default(3493),
  shutdown: capitals(SHUTDOWN_MODES).default('BATT'),
  shutdowntimer: Whole.default(30),
  shutdowncmd: Word,
  powerdown: YesNo.default(false),
  nocommwarntime: Whole.nullish().transform((value) => value ?? undefined),
  hostsync: Whole.default(15),
  description: Word,
  options: Word,
  optionsupsd: Word,
  monuser: Word,
  monpwd: Word,
  extrausers: Word,
  rmonitor: YesNo.default(false),
  emailnotify: YesNo.default(false),
  toemail: z
    .union([z.array(z.string()), z.string()])
    .nullish()
    .transform((given) => given ?? ''),
  subject: Word,
} as const;
const Config = z.object(FIELDS);
type Config = z.output<typeof Config>;

/** Told by TrueNAS beside the options. */
const NOT_OPTIONS = new Set(['id', 'complete_identifier']);

/** @throws SettingsError settings/no-truenas for a text that is no such answer */
export function fromTrueNas(text: string, name: string): Moved {
  const content = answerIn(text, name);
  const moving = new Moving();
  for (const key of Object.keys(content)) {
    if (!Object.hasOwn(FIELDS, key) && !NOT_OPTIONS.has(key)) moving.note(phrase('import.unknown-key', { key }));
  }
  return move(readFields(content, moving), moving);
}

/** The object itself, the only one of a list, or the result of a call. */
function answerIn(text: string, file: string): Group {
  const json = text.replace(/^\ufeff/, '');
  let content: unknown;
  try {
    content = JSON.parse(json);
  } catch (error) {
    const { line } = jsonFault(json, error);
    throw new SettingsError('settings/no-truenas', { file, line, reason: phrase('reason.no-json', {}) }, error);
  }
  if (isGroup(content) && isGroup(content.result)) content = content.result;
  const found = Array.isArray(content) && content.length === 1 ? (content[0] as unknown) : content;
  const isAnswer = isGroup(found) && ('identifier' in found || ('driver' in found && 'port' in found));
  if (isAnswer) return found;
  throw new SettingsError('settings/no-truenas', { file, line: 1, reason: phrase('reason.no-ups-config', {}) });
}

/** Every field by itself, so that all that is wrong is told. */
function readFields(content: Group, moving: Moving): Config {
  const usable: Record<string, unknown> = {};
  for (const [key, field] of Object.entries(FIELDS)) {
    const read = field.safeParse(content[key]);
    if (read.success) usable[key] = content[key];
    else {
      moving.problem({
        path: [key],
        severity: 'error',
        reason: phrase('field.bad-value', {}),
        fix: phrase('import.bad-json.fix', {}),
      });
    }
  }
  return Config.parse(usable);
}

function move(config: Config, moving: Moving): Moved {
  const isPrimary = config.mode === 'MASTER';
  const timing = timingOf(config, moving);
  const common = {
    identifier: knownIdentifier(config.identifier === '' ? 'ups' : config.identifier, moving),
    mode: config.mode,
    ...timing,
    shutdownaction: 'shutdown',
    shutdowncmd: config.shutdowncmd,
    nocommwarntime:
      config.nocommwarntime === undefined ? undefined : moving.warnTime('nocommwarntime', config.nocommwarntime),
    hostsync: moving.upTo(LONGEST_WAIT, 'hostsync', config.hostsync),
    description: config.description,
    ...mailOf(config, moving),
  };
  if (isPrimary) {
    const ups = {
      ...common,
      driver: config.driver,
      port: portOf(config, moving),
      remotehost: '',
      powerdown: config.powerdown,
      options: config.options,
    };
    return moving.moved([ups], serverOf(config, moving));
  }
  for (const key of ['options', 'optionsupsd', 'extrausers'] as const) {
    if (config[key].trim() !== '') moving.note(phrase('import.unused-as-secondary', { key }));
  }
  const ups = {
    ...common,
    remotehost: config.remotehost,
    remoteport: config.remoteport,
    ...(config.monuser === '' ? {} : { monuser: config.monuser }),
    // That of the other server, whatever it is.
    ...(config.monpwd === '' ? {} : { monpwd: config.monpwd }),
    powerdown: false,
    options: '',
  };
  return moving.moved([ups], {});
}

function timingOf({ shutdown, shutdowntimer }: Config, moving: Moving): Group {
  if (shutdown === 'BATT' && shutdowntimer < 0) {
    // upssched passes such a timer over, so that only the low battery counted.
    moving.note(phrase('import.negative-timer', { seconds: shutdowntimer }));
    return { shutdown: 'LOWBATT', shutdowntimer: undefined };
  }
  return { shutdown, shutdowntimer: moving.upTo(LONGEST_TIMER, 'shutdowntimer', Math.max(0, shutdowntimer)) };
}

/** The USB nodes of FreeBSD, on which older versions ran, are named nowhere else. */
function portOf({ driver, port }: Config, moving: Moving): string {
  if (parseDriverKey(driver).driver !== 'usbhid-ups' || !/^\/dev\/(?:ugen|uhid|usb)/.test(port)) return port;
  moving.note(phrase('import.port', { port, now: 'auto' }));
  return 'auto';
}

function mailOf({ emailnotify, toemail, subject }: Config, moving: Moving): Group {
  const words = typeof toemail === 'string' ? toemail.split(/[;,]/) : toemail;
  const addresses = [...new Set(words.map((word) => word.trim()).filter((word) => word !== ''))];
  const isWithout = emailnotify && addresses.length === 0;
  if (isWithout) moving.note(phrase('import.mail-to-root', {}));
  return {
    emailnotify: emailnotify && !isWithout,
    toemail: addresses,
    subject: subject === '' ? undefined : subject,
  };
}

function serverOf(config: Config, moving: Moving): Group {
  const monuser = config.monuser === '' ? 'upsmon' : config.monuser;
  const { users, problems } = usersFromText(config.extrausers, []);
  for (const problem of problems.list()) {
    const told: FieldProblem = {
      path: ['extrausers'],
      severity: problem.severity,
      ...phrasesOf(problem),
      line: problem.line,
    };
    moving.problem(told);
  }
  return {
    rmonitor: config.rmonitor,
    remoteport: config.remoteport,
    monuser,
    ...(config.monpwd === '' ? {} : { monpwd: moving.ownPassword(config.monpwd, monuser) }),
    users: users.map((user): UserSettings =>
      user.password === undefined ? user : { ...user, password: moving.ownPassword(user.password, user.name) },
    ),
    optionsupsd: config.optionsupsd,
  };
}
