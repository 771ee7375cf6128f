/**
 * What every native driver has beside its device: its own variables and settings, the mirror of ups.* in device.*, the
 * way to cut the power, and reloading. Source: nut-facts socket-protocol.md section 7, drivers.json (upsOptions).
 */
import type { Log } from '#engine/ports.ts';
import type { Driver, DriverEvent, DriverOutcome, DriverSink, UpsConfig, VariableTraits } from './driver.ts';

export const RELOAD_MODES = ['driver.reload', 'driver.reload-or-error', 'driver.reload-or-exit'] as const;
export type ReloadMode = (typeof RELOAD_MODES)[number];

export interface DriverCoreParts {
  readonly config: UpsConfig;
  readonly sink: DriverSink;
  readonly log: Log;
  /** Version of the program. */
  readonly version: string;
  /** Version of this kind of driver. */
  readonly internalVersion: string;
  /** Reads the configuration again; this driver is replaced when its section changed. */
  reload(mode: ReloadMode): Promise<DriverOutcome>;
  /** Makes the driver itself. Its debug lines become visible when someone raises driver.debug. */
  create(inner: { readonly sink: DriverSink; readonly log: Log }): Driver;
}

const DEBUG = 'driver.debug';
const ALLOW_KILLPOWER = 'driver.flag.allow_killpower';
const STATE = 'driver.state';
const SHUTDOWN = 'shutdown.default';
const KILLPOWER = 'driver.killpower';

const CORE_COMMANDS: readonly string[] = [SHUTDOWN, KILLPOWER, ...RELOAD_MODES];
const WRITABLE_NUMBER: VariableTraits = { isWritable: true, kind: 'number' };
const CORE_TRAITS = { [DEBUG]: WRITABLE_NUMBER, [ALLOW_KILLPOWER]: WRITABLE_NUMBER };
const MIRRORED = ['mfr', 'model', 'serial'] as const;

/** Options that belong to others than the driver: the server, the start of drivers, or the state. */
const NOT_PUBLISHED =
  /^(driver|desc|sdorder|sdcommands|maxstartdelay|maxretry|retrydelay|nolock|user|group|default\..*|override\..*)$/;
/** Nobody who may read variables may read these. */
const SECRET = /pass|secret|community|token|(auth|priv).*(key|protocol)/i;

export function withDriverCore(parts: DriverCoreParts): Driver {
  const { config, sink, log } = parts;
  let debugLevel = wholeNumber(config.options.debug_min) ?? 0;
  let allowsKillPower = isYes(config.options.allow_killpower);
  let state = 'quiet';
  /** What the driver itself said of ups.* and device.*, so that a mirror never covers an original. */
  const originals = new Map<string, string>();

  const setState = (next: string): void => {
    if (state === next) return;
    state = next;
    sink({ type: 'update', set: { [STATE]: state } });
  };

  const receive: DriverSink = (event) => {
    switch (event.type) {
      case 'connected':
        originals.clear();
        state = 'quiet';
        sink(event);
        sink({ type: 'update', set: ownVariables(), traits: CORE_TRAITS, commands: CORE_COMMANDS });
        return;
      case 'update':
        sink(completed(event));
        return;
      case 'stale':
        // Before the event: an update is a sign of life, and there is none after it.
        setState('reconnect.trying');
        sink(event);
        return;
      case 'fresh':
        sink(event);
        setState('quiet');
        return;
      default:
        sink(event);
    }
  };

  const ownVariables = (): Record<string, string> => ({
    'device.type': 'ups',
    'driver.name': config.driver,
    'driver.version': parts.version,
    'driver.version.internal': parts.internalVersion,
    [STATE]: state,
    'driver.parameter.pollinterval': '2',
    'driver.parameter.synchronous': 'auto',
    'driver.parameter.port': config.port,
    ...publishedOptions(config),
    [ALLOW_KILLPOWER]: allowsKillPower ? '1' : '0',
    [DEBUG]: String(debugLevel),
  });

  const completed = (event: Extract<DriverEvent, { type: 'update' }>): DriverEvent => {
    const { set, remove, commands } = event;
    if (!set && !remove && !commands) return event;
    const given = set ?? {};
    for (const [name, value] of Object.entries(given)) originals.set(name, value);
    for (const name of remove ?? []) originals.delete(name);
    const mirrored: Record<string, string> = {};
    const gone: string[] = [];
    for (const word of MIRRORED) {
      for (const [from, to] of [
        [`ups.${word}`, `device.${word}`],
        [`device.${word}`, `ups.${word}`],
      ] as const) {
        if (originals.has(to)) continue;
        const value = given[from];
        if (value !== undefined) mirrored[to] = value;
        else if (remove?.includes(from)) gone.push(to);
      }
    }
    return {
      ...event,
      set: { ...mirrored, ...given },
      ...(remove || gone.length > 0 ? { remove: [...(remove ?? []), ...gone] } : {}),
      ...(commands ? { commands: [...new Set([...commands, ...CORE_COMMANDS])] } : {}),
    };
  };

  const driver = parts.create({ sink: receive, log: debugLog(log, () => debugLevel > 0) });

  /** Commands of `sdcommands` in order until one succeeds; without the option what the driver thinks best. */
  const cutPower = async (): Promise<DriverOutcome> => {
    let outcome: DriverOutcome = 'failed';
    for (const command of shutdownCommands(config)) {
      outcome = await (command === SHUTDOWN ? driver.killPower() : driver.runCommand(command));
      log[outcome === 'handled' ? 'info' : 'warn'](`Switching the UPS off by ${command}: ${outcome}`);
      if (outcome === 'handled') break;
    }
    return outcome;
  };

  const keep = (name: string, value: string): DriverOutcome => {
    sink({ type: 'update', set: { [name]: value } });
    return 'handled';
  };

  return {
    start: () => driver.start(),
    stop: () => driver.stop(),
    killPower: cutPower,
    retry: () => driver.retry?.() ?? false,
    runCommand(command, parameter) {
      const name = command.toLowerCase();
      if (name === SHUTDOWN) return cutPower();
      if (name === KILLPOWER) return allowsKillPower ? cutPower() : Promise.resolve('invalid');
      const mode = RELOAD_MODES.find((known) => known === name);
      return mode === undefined ? driver.runCommand(command, parameter) : parts.reload(mode);
    },
    setVariable(variable, value) {
      const text = value.trim();
      switch (variable.toLowerCase()) {
        case DEBUG:
          if (wholeNumber(text) === undefined) return Promise.resolve('conversion-failed');
          debugLevel = Number(text);
          return Promise.resolve(keep(DEBUG, String(debugLevel)));
        case ALLOW_KILLPOWER:
          if (text !== '0' && text !== '1') return Promise.resolve('invalid');
          allowsKillPower = text === '1';
          return Promise.resolve(keep(ALLOW_KILLPOWER, text));
        default:
          return driver.setVariable(variable, value);
      }
    },
  };
}

const isYes = (value: string | true | undefined): boolean =>
  value === true || (value !== undefined && /^(1|yes|true|on|enabled)$/i.test(value.trim()));

const wholeNumber = (value: string | true | undefined): number | undefined =>
  typeof value === 'string' && /^\s*\d{1,9}\s*$/.test(value) ? Number(value) : undefined;

/** Options as configured: a value as driver.parameter.NAME, a bare flag as driver.flag.NAME. */
function publishedOptions({ options }: UpsConfig): Record<string, string> {
  const published: Record<string, string> = {};
  for (const [name, value] of Object.entries(options)) {
    if (NOT_PUBLISHED.test(name) || SECRET.test(name) || name === 'allow_killpower') continue;
    if (value === true) published[`driver.flag.${name}`] = 'enabled';
    else published[`driver.parameter.${name}`] = value;
  }
  return published;
}

function shutdownCommands({ options }: UpsConfig): readonly string[] {
  const asked = typeof options.sdcommands === 'string' ? options.sdcommands.split(',') : [];
  const commands = asked.map((command) => command.trim().toLowerCase()).filter((command) => command !== '');
  return commands.length > 0 ? commands : [SHUTDOWN];
}

/** Debug lines of this driver alone, shown beside the others of the log. */
function debugLog(log: Log, isOn: () => boolean): Log {
  return {
    debug: (message, fields) => (isOn() ? log.info(message, fields) : log.debug(message, fields)),
    info: (message, fields) => log.info(message, fields),
    warn: (message, fields) => log.warn(message, fields),
    error: (message, fields) => log.error(message, fields),
    child: (fields) => debugLog(log.child(fields), isOn),
  };
}
