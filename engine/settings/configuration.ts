/** Where the engine takes its configuration from: NUT's files, our own settings, or the demo UPS. */
import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';
import { describeError, NutError, SettingsError } from '#domain/errors.ts';
import { phrase, textIn, type Phrase } from '#domain/messages/message.ts';
import type { FieldProblem } from '#domain/schema/field-problem.ts';
import { Settings } from '#domain/schema/settings/settings.ts';
import { findSectionFaults, type ConfigFault } from '#engine/drivers/check-sections.ts';
import type { UpsConfig } from '#engine/drivers/driver.ts';
import type { ConsolePlaces } from '#engine/drivers/system-consoles.ts';
import type { EngineConfig } from '#engine/engine.ts';
import { NUT_PORT } from '#engine/nut/protocol.ts';
import type { MonitorPolicy } from '#engine/monitor/policy.ts';
import { readAuthorities, readCertificate } from '#engine/nut/tls.ts';
import type { Log } from '#engine/ports.ts';
import { monitorPolicyOf, type MonitorFiles } from './monitor-policy.ts';
import { isLoopback } from '#engine/settings/nut-conf/loopback.ts';
import type { NutConf, Origin } from '#engine/settings/nut-conf/nut-conf.ts';
import { describeProblem, phrasesOf, type NutConfProblem } from '#engine/settings/nut-conf/problem.ts';
import { readNutConf } from '#engine/settings/nut-conf/read-nut-conf.ts';
import { UPSD_DEFAULTS } from '#engine/settings/nut-conf/upsd-conf.ts';
import { reasonOf } from '#engine/system-reason.ts';
import { checkSettings, describeFieldProblem, exposedUsers } from './check-settings.ts';
import { consoleFaults, consoleProblems } from './console-ports.ts';
import { moveIn } from './move-in.ts';
import { fromNutConf as movedFromNutConf } from './nut-to-settings.ts';
import { settingsPolicy } from './settings-policy.ts';
import { aliasesOf, toNutConf } from './settings-to-nut.ts';

export interface Configuration {
  /** `automatic`: our own settings, in which no UPS stands yet. */
  readonly kind: 'nut-files' | 'settings' | 'automatic' | 'demo';
  readonly engine: EngineConfig;
  /** Where relative paths of sections start. */
  readonly baseDir: string;
  /** What the shutdown monitor is to do; undefined: nothing. */
  readonly monitor: MonitorPolicy | undefined;
  /** Folder of NUT's files, where that is the source. */
  readonly confDir: string | undefined;
  readonly statePath: string | undefined;
  readonly driverPath: string | undefined;
  readonly isDebug: boolean;
  /** NUT's files as they were read, where they are the source. */
  readonly nutConf?: NutConf;
}

/** The demo UPS. */
export const DEMO_UPS: UpsConfig = {
  name: 'demo',
  driver: 'demo',
  port: 'auto',
  description: 'Demo UPS (simulated)',
  options: {},
};

/** The first attached UPS under the name that Synology's clients insist on. */
export const ATTACHED_UPS: UpsConfig = { name: 'ups', driver: 'usbhid-ups', port: 'auto', options: {} };

/** Nothing but the simulation, and loopback only. */
export const demoConfiguration = (dataDir: string): Configuration => ({
  kind: 'demo',
  engine: {
    ups: [DEMO_UPS],
    users: [],
    maxAgeSeconds: UPSD_DEFAULTS.maxAge,
    nut: {
      listen: [{ host: '127.0.0.1', port: NUT_PORT }],
      trackingDelaySeconds: UPSD_DEFAULTS.trackingDelay,
      allowNotAllListeners: false,
      tls: { ownCertificateFile: ownCertificateIn(dataDir), clientCertificates: 'no', disableWeakSsl: true },
    },
  },
  baseDir: dataDir,
  monitor: undefined,
  confDir: undefined,
  statePath: undefined,
  driverPath: undefined,
  isDebug: false,
});

const ownCertificateIn = (dataDir: string): string => join(dataDir, 'nut-server.pem');

/**
 * The settings of a data folder. Lines for NUT that cannot be used go to the log and are left out: the interface, where
 * they are mended, has to come up. Nor does a password that everybody knows keep this computer from being guarded: other
 * computers may not connect then.
 */
export function settingsConfiguration(settings: Settings, dataDir: string, log: Log): Configuration {
  for (const problem of checkSettings(settings)) {
    log[problem.severity === 'error' ? 'error' : 'info'](describeFieldProblem(problem));
  }
  const meant = toNutConf(settings).conf;
  const isExposed = exposedUsers(meant).length > 0;
  if (isExposed) log.error('Other computers may not connect to the NUT server until it has another password.');
  const conf = isExposed ? closedToOthers(settings) : meant;
  const isEmpty = settings.ups.length === 0;
  const configuration = fromNutConf(
    { ...conf, ups: isEmpty ? [ATTACHED_UPS] : engineUpses(settings, conf) },
    dataDir,
    dataDir,
    {},
  );
  return {
    ...configuration,
    kind: isEmpty ? 'automatic' : 'settings',
    engine: { ...configuration.engine, allow: settings.server.allow },
    monitor: settingsPolicy(settings, ATTACHED_UPS.name),
    confDir: undefined,
  };
}

function closedToOthers(settings: Settings): NutConf {
  const { conf } = toNutConf({ ...settings, server: { ...settings.server, rmonitor: false } });
  return { ...conf, upsd: { ...conf.upsd, listen: conf.upsd.listen.filter(({ address }) => isLoopback(address)) } };
}

/**
 * The same for a start. Files of certificates that cannot be used are told and not waited for: this computer has to be
 * guarded all the same, and other computers as far as that can be done.
 */
export async function startConfiguration(settings: Settings, dataDir: string, log: Log): Promise<Configuration> {
  const configuration = settingsConfiguration(settings, dataDir, log);
  for (const problem of await consoleProblems(settings, settings)) log.warn(describeFieldProblem(problem));
  const { nut } = configuration.engine;
  if (!nut?.tls) return configuration;
  const { certFile, authorities, ...tls } = nut.tls;
  const isUsable = async (path: string | undefined, check: (path: string) => Promise<unknown>): Promise<boolean> => {
    if (path === undefined) return true;
    try {
      await check(path);
      return true;
    } catch (error) {
      if (!(error instanceof NutError)) throw error;
      log.error(describeError(error));
      return false;
    }
  };
  if (!(await isUsable(authorities, readAuthorities))) {
    // Without them nobody can be told from a stranger, and the settings want that.
    log.error('The NUT server stays closed until the next start: it is to ask clients for certificates.');
    return { ...configuration, engine: { ...configuration.engine, nut: undefined } };
  }
  if (await isUsable(certFile, readCertificate)) return configuration;
  log.error('The NUT server shows clients a certificate of its own until the next start.');
  const own = {
    ...tls,
    ...(authorities === undefined ? {} : { authorities }),
    ownCertificateFile: ownCertificateIn(dataDir),
  };
  return { ...configuration, engine: { ...configuration.engine, nut: { ...nut, tls: own } } };
}

/**
 * What a start would find in the files that settings name. A console that is the port of a UPS is warned of, for it
 * keeps nothing from being guarded.
 */
export async function fileProblems(
  settings: Settings,
  dataDir: string,
  consoles?: ConsolePlaces,
): Promise<readonly FieldProblem[]> {
  const faults = await findCertificateFaults(toNutConf(settings).conf, dataDir);
  return [
    ...(await consoleProblems(settings, settings, consoles)),
    ...faults.map(({ reason, fix }): FieldProblem => ({
      path: ['server', 'optionsupsd'],
      severity: 'error',
      reason,
      fix,
    })),
  ];
}

/** What a configuration that stands elsewhere looks like as settings, to be looked at. */
export const shownSettings = ({ kind, nutConf, baseDir }: Configuration): Settings =>
  kind === 'nut-files' && nutConf
    ? moveIn(Settings.parse({}), movedFromNutConf({ conf: nutConf, folder: baseDir }), idOfName).settings
    : Settings.parse({
        ups: [{ id: 'demo', identifier: DEMO_UPS.name, driver: DEMO_UPS.driver, port: DEMO_UPS.port }],
      });

/** The same for the same name. */
const idOfName = (name: string): string => createHash('sha256').update(name).digest('hex').slice(0, 12);

/** In the order of the settings. What hangs on another computer is read from there, and can be shared from here. */
const engineUpses = ({ ups }: Settings, conf: NutConf): UpsConfig[] =>
  ups.flatMap(({ mode, identifier, aliases, remotehost, remoteport, description }) => {
    if (mode === 'MASTER') return conf.ups.filter(({ name }) => name === identifier);
    const host = remotehost.includes(':') ? `[${remotehost}]` : remotehost;
    const port = `${identifier}@${host}:${remoteport}`;
    return [
      {
        name: identifier,
        ...aliasesOf({ aliases }),
        driver: 'dummy-ups',
        port,
        ...(description === '' ? {} : { description }),
        options: {},
      },
    ];
  });

/** `FILE:LINE: what is wrong (what to do)`. */
export const describeFault = ({ file, line, reason, fix }: ConfigFault): string =>
  `${file}:${line}: ${textIn(reason) ?? ''} (${textIn(fix) ?? ''})`;

/** NUT's files of a folder as they were found. */
export interface CheckedNutFiles {
  readonly conf: NutConf;
  /** What keeps the configuration from being used, in the order it is best told. */
  readonly faults: readonly ConfigFault[];
  /** What keeps it from being served: accounts that everybody could use. Moved in they get other passwords. */
  readonly exposed: readonly ConfigFault[];
  /** What is wrong and does not keep it from being used: a computer has to be guarded all the same. */
  readonly risks: readonly ConfigFault[];
  /** What can be lived with. */
  readonly remarks: readonly NutConfProblem[];
}

/**
 * Reads NUT's files and checks them as far as that can be done before anything starts.
 * @throws SettingsError settings/cannot-read
 */
export async function checkNutFiles(
  confDir: string,
  env: NodeJS.ProcessEnv,
  consoles?: ConsolePlaces,
): Promise<CheckedNutFiles> {
  const conf = await readNutConf(confDir, env);
  const errors = conf.problems.filter((problem) => problem.severity === 'error');
  // That there is no UPS follows from the broken lines that would have made one.
  const causes = errors.length > 1 ? errors.filter((problem) => problem.code !== 'no-ups') : errors;
  const sectionFaults = await findSectionFaults(conf.ups, {
    confDir,
    statePath: conf.upsd.statePath,
    driverPath: driverPathOf(conf),
    env,
  });
  const faults = [
    ...causes.map((problem) => ({ file: problem.file, line: problem.line, ...phrasesOf(problem) })),
    ...sectionFaults,
    ...(await findCertificateFaults(conf, confDir)),
  ];
  const isToldAsFault = (problem: NutConfProblem): boolean =>
    /^(unknown|mistyped)-driver$/.test(problem.code) &&
    sectionFaults.some(({ file, line }) => file === problem.file && line === problem.line);
  const remarks = conf.problems.filter((problem) => problem.severity !== 'error' && !isToldAsFault(problem));
  const exposed = exposedUsers(conf).map(({ origin }): ConfigFault => ({
    file: origin?.file ?? confDir,
    line: origin?.line ?? 0,
    reason: phrase('field.known-password', {}),
    fix: phrase('field.known-password.fix', {}),
  }));
  const risks = await consoleFaults(conf.ups, confDir, consoles);
  return { conf, faults, exposed, risks, remarks };
}

/** Files of certificates that clients would be turned away with, or that no server could be trusted by. */
async function findCertificateFaults({ upsd, upsmon }: NutConf, confDir: string): Promise<readonly ConfigFault[]> {
  const faults: ConfigFault[] = [];
  const check = async (
    path: string | undefined,
    origin: Origin | undefined,
    fix: Phrase,
    run: (path: string) => Promise<unknown>,
  ): Promise<void> => {
    if (path === undefined) return;
    try {
      await run(resolve(confDir, path));
    } catch (error) {
      const { file, line } = origin ?? { file: confDir, line: 0 };
      faults.push({ file, line, reason: reasonOf(error), fix });
    }
  };
  const certificate = phrase('fix.certificate', {});
  const authorities = phrase('fix.authorities', {});
  await check(upsd.certFile, upsd.certFileOrigin, certificate, readCertificate);
  await check(upsd.certPath, upsd.certPathOrigin, authorities, readAuthorities);
  await check(upsmon?.certFile, upsmon?.certFileOrigin, certificate, (file) =>
    readCertificate(file, upsmon?.certIdent?.password),
  );
  await check(upsmon?.certPath, upsmon?.certPathOrigin, authorities, readAuthorities);
  return faults;
}

/**
 * Reads NUT's files. Warnings and notices go to the log, one line each.
 * @throws SettingsError with the first fault of the files; further ones go to the log
 */
export async function nutFilesConfiguration(
  confDir: string,
  dataDir: string,
  env: NodeJS.ProcessEnv,
  log: Log,
): Promise<Configuration> {
  const { conf, faults, exposed, risks, remarks } = await checkNutFiles(confDir, env);
  for (const problem of remarks) log[problem.severity === 'warning' ? 'warn' : 'info'](describeProblem(problem));
  for (const risk of risks) log.warn(describeFault(risk));
  const [fault, ...more] = [...faults, ...exposed];
  for (const other of more) log.error(describeFault(other));
  if (fault) throw new SettingsError('settings/bad-line', { ...fault });
  return fromNutConf(conf, confDir, dataDir, await readMonitorFiles(conf, confDir));
}

/** @throws NutError nut/certificate-unusable, nut/authorities-unusable */
async function readMonitorFiles({ upsmon }: NutConf, confDir: string): Promise<MonitorFiles> {
  const { certPath, certFile, certIdent } = upsmon ?? {};
  return {
    ...(certPath === undefined ? {} : { authorities: (await readAuthorities(resolve(confDir, certPath))).join('\n') }),
    ...(certFile === undefined
      ? {}
      : { certificate: await readCertificate(resolve(confDir, certFile), certIdent?.password) }),
  };
}

const driverPathOf = ({ upsGlobal: { driverpath } }: NutConf): string | undefined =>
  typeof driverpath === 'string' ? driverpath : undefined;

function fromNutConf(conf: NutConf, confDir: string, dataDir: string, files: MonitorFiles): Configuration {
  const { upsd } = conf;
  return {
    kind: 'nut-files',
    engine: {
      ups: conf.ups,
      users: conf.users.map(({ name, password, actions, instcmds }) => ({
        name,
        password,
        actions,
        commands: instcmds === 'ALL' ? 'all' : instcmds,
      })),
      maxAgeSeconds: upsd.maxAge,
      nut: {
        listen: upsd.listen.map(({ address, port }) => ({ host: address, port })),
        trackingDelaySeconds: upsd.trackingDelay,
        allowNotAllListeners: upsd.allowNotAllListeners,
        ...(upsd.maxConn === undefined ? {} : { maxConn: upsd.maxConn }),
        tls: {
          // Without CERTFILE encryption is still on offer, with a certificate of our own.
          ...(upsd.certFile === undefined
            ? { ownCertificateFile: ownCertificateIn(dataDir) }
            : { certFile: resolve(confDir, upsd.certFile) }),
          ...(upsd.certPath === undefined ? {} : { authorities: resolve(confDir, upsd.certPath) }),
          clientCertificates: upsd.certRequest,
          disableWeakSsl: upsd.disableWeakSsl,
        },
      },
    },
    baseDir: confDir,
    monitor: monitorPolicyOf(conf, files),
    confDir,
    statePath: upsd.statePath,
    driverPath: driverPathOf(conf),
    isDebug: upsd.debugMin > 0,
    nutConf: conf,
  };
}
