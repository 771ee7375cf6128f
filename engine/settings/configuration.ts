/** Where `serve` takes its configuration from: NUT's files, the demo UPS, or what is attached. */
import { join, resolve } from 'node:path';
import { describeError, SettingsError } from '#domain/errors.ts';
import { findSectionFaults, type SectionFault } from '#engine/drivers/check-sections.ts';
import type { UpsConfig } from '#engine/drivers/driver.ts';
import type { EngineConfig } from '#engine/engine.ts';
import { NUT_PORT } from '#engine/nut/protocol.ts';
import type { MonitorPolicy } from '#engine/monitor/policy.ts';
import { readAuthorities } from '#engine/nut/tls.ts';
import type { Log } from '#engine/ports.ts';
import { monitorPolicyOf } from './monitor-policy.ts';
import type { NutConf } from '#engine/settings/nut-conf/nut-conf.ts';
import { describeProblem, phrasesOf, type NutConfProblem } from '#engine/settings/nut-conf/problem.ts';
import { readNutConf } from '#engine/settings/nut-conf/read-nut-conf.ts';

export interface Configuration {
  readonly kind: 'nut-files' | 'automatic' | 'demo';
  readonly engine: EngineConfig;
  /** What the shutdown monitor is to do; undefined: nothing. */
  readonly monitor: MonitorPolicy | undefined;
  /** Folder of NUT's files, where that is the source. */
  readonly confDir: string | undefined;
  readonly statePath: string | undefined;
  readonly driverPath: string | undefined;
  readonly isDebug: boolean;
}

const DEFAULT_MAX_AGE_SECONDS = 15;
const DEFAULT_TRACKING_SECONDS = 3600;

/** The demo UPS. */
export const DEMO_UPS: UpsConfig = {
  name: 'demo',
  driver: 'demo',
  port: 'auto',
  description: 'Demo UPS (simulated)',
  options: {},
};

/** The first attached UPS under the name that Synology's clients insist on. */
const ATTACHED_UPS: UpsConfig = { name: 'ups', driver: 'usbhid-ups', port: 'auto', options: {} };

/** Without files: loopback only, no users, so that the network can look and not touch. */
function ownConfiguration(kind: 'automatic' | 'demo', ups: UpsConfig, dataDir: string): Configuration {
  return {
    kind,
    engine: {
      ups: [ups],
      users: [],
      maxAgeSeconds: DEFAULT_MAX_AGE_SECONDS,
      nut: {
        listen: [{ host: '127.0.0.1', port: NUT_PORT }],
        trackingDelaySeconds: DEFAULT_TRACKING_SECONDS,
        allowNotAllListeners: false,
        tls: {
          ownCertificateFile: join(dataDir, 'nut-server.pem'),
          clientCertificates: 'no',
          disableWeakSsl: true,
        },
      },
    },
    monitor: undefined,
    confDir: undefined,
    statePath: undefined,
    driverPath: undefined,
    isDebug: false,
  };
}

export const automaticConfiguration = (dataDir: string): Configuration =>
  ownConfiguration('automatic', ATTACHED_UPS, dataDir);
export const demoConfiguration = (dataDir: string): Configuration => ownConfiguration('demo', DEMO_UPS, dataDir);

/** NUT's files of a folder as they were found. */
export interface CheckedNutFiles {
  readonly conf: NutConf;
  /** What keeps the configuration from being used, in the order it is best told. */
  readonly faults: readonly SectionFault[];
  /** What can be lived with. */
  readonly remarks: readonly NutConfProblem[];
}

/**
 * Reads NUT's files and checks them as far as that can be done before anything starts.
 * @throws SettingsError settings/cannot-read
 */
export async function checkNutFiles(confDir: string, env: NodeJS.ProcessEnv): Promise<CheckedNutFiles> {
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
  ];
  const isToldAsFault = (problem: NutConfProblem): boolean =>
    /^(unknown|mistyped)-driver$/.test(problem.code) &&
    sectionFaults.some(({ file, line }) => file === problem.file && line === problem.line);
  const remarks = conf.problems.filter((problem) => problem.severity !== 'error' && !isToldAsFault(problem));
  return { conf, faults, remarks };
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
  const { conf, faults, remarks } = await checkNutFiles(confDir, env);
  for (const problem of remarks) log[problem.severity === 'warning' ? 'warn' : 'info'](describeProblem(problem));
  const [fault, ...more] = faults.map((details) => new SettingsError('settings/bad-line', { ...details }));
  for (const other of more) log.error(describeError(other));
  if (fault) throw fault;
  const authorities = conf.upsmon?.certPath;
  const pem = authorities === undefined ? [] : await readAuthorities(resolve(confDir, authorities));
  return fromNutConf(conf, confDir, dataDir, pem);
}

const driverPathOf = ({ upsGlobal: { driverpath } }: NutConf): string | undefined =>
  typeof driverpath === 'string' ? driverpath : undefined;

function fromNutConf(conf: NutConf, confDir: string, dataDir: string, authorities: readonly string[]): Configuration {
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
            ? { ownCertificateFile: join(dataDir, 'nut-server.pem') }
            : { certFile: resolve(confDir, upsd.certFile) }),
          ...(upsd.certPath === undefined ? {} : { authorities: resolve(confDir, upsd.certPath) }),
          clientCertificates: upsd.certRequest,
          disableWeakSsl: upsd.disableWeakSsl,
        },
      },
    },
    monitor: monitorPolicyOf(conf, authorities.length === 0 ? undefined : authorities.join('\n')),
    confDir,
    statePath: upsd.statePath,
    driverPath: driverPathOf(conf),
    isDebug: upsd.debugMin > 0,
  };
}
