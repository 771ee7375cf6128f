/**
 * Everything a face may ask of the engine and everything the engine tells, as values: types are derived, nothing is
 * written twice. Electron IPC and WebSocket are two transports of this one table.
 */
import { z } from 'zod';
import { BatteryView } from './schema/battery.ts';
import { ChannelTrouble } from './schema/alerts.ts';
import { AroundPlace, DryRunStep } from './schema/dry-run.ts';
import { FieldProblem } from './schema/field-problem.ts';
import { DottedName, UpsName } from './schema/names.ts';
import { HostName, Port } from './schema/settings/parts.ts';
import { EnergySettings } from './schema/settings/server-settings.ts';
import { PhraseSchema, TextSchema } from './schema/phrase.ts';
import { Plan } from './schema/plan.ts';
import { LONGEST_WEB_PASSWORD, SettingsDraft, WEB_SECRET_KEYS } from './schema/settings/settings.ts';
import { MonitorView, WishOutcome } from './schema/monitor.ts';
import {
  Availability,
  Incident,
  INCIDENT_KINDS,
  NetworkClient,
  Sample,
  UpsSnapshot,
  WireErrorSchema,
} from './schema/snapshot.ts';

/** Rights, each includes the ones before: look, act on a UPS, change how the program works. */
export const ACCESS_LEVELS = ['read', 'control', 'admin'] as const;
export type AccessLevel = (typeof ACCESS_LEVELS)[number];

export const mayAccess = (has: AccessLevel, needs: AccessLevel): boolean =>
  ACCESS_LEVELS.indexOf(has) >= ACCESS_LEVELS.indexOf(needs);

/** How a command or a write ended at the UPS. */
export const CommandOutcome = z.enum(['handled', 'unknown', 'invalid', 'failed', 'conversion-failed']);
export type CommandOutcome = z.infer<typeof CommandOutcome>;

/** An attached device that could be a UPS. */
export const FoundDevice = z.object({
  title: z.string(),
  /** Ready section for ups.conf. */
  section: z.string(),
  /** Its lines that find this very unit again, in whatever socket its cable is. */
  selectors: z.array(z.string()),
  matchReason: z.string(),
  problem: WireErrorSchema.optional(),
});
export type FoundDevice = z.infer<typeof FoundDevice>;

const Nothing = z.object({});

/** What may stand in the field for the port of a driver. */
const OfferedPort = z.object({
  port: z.string(),
  kind: z.enum(['auto', 'unit', 'serial', 'recording', 'file']),
  /** What it is: the unit's name, the adapter's. */
  title: z.string(),
  /** Lines of ups.conf that pin the unit. */
  selectors: z.array(z.string()),
  /** Why it cannot be used at the moment. */
  problem: WireErrorSchema.optional(),
});
export type OfferedPort = z.infer<typeof OfferedPort>;

/** Settings as a form holds them while they are edited: anything may be wrong with them, and is told. */
const AnySettings = z.record(z.string(), z.unknown());

/** The settings as they are. */
const SettingsState = z.object({
  settings: SettingsDraft,
  /** Changes with every change of them. */
  revision: z.string(),
  /** They are NUT's files, or those of a demonstration: to be looked at only. */
  isReadOnly: z.boolean(),
  problems: z.array(FieldProblem),
  /** What is wrong with the file they are kept in. */
  notice: WireErrorSchema.optional(),
  /** The program made the password of its own account, and nobody has seen it yet. */
  hasUnseenPassword: z.boolean(),
});
export type SettingsState = z.infer<typeof SettingsState>;

/** The most points of one line of a chart of the past. */
export const MOST_HISTORY_POINTS = 2000;
const SpanOfTime = { from: z.number(), to: z.number() };
const HistoryColumn = z.array(z.number().nullable());

/** One variable of one UPS in steps of equal length; null where nothing is known. */
export const HistorySeries = z.object({
  ups: UpsName,
  variable: z.string(),
  min: HistoryColumn,
  mean: HistoryColumn,
  max: HistoryColumn,
});
export type HistorySeries = z.infer<typeof HistorySeries>;

/** What a load used in a time. */
const EnergyPeriod = z.object({
  /** Of the time that is known. */
  wattHours: z.number(),
  knownMs: z.number(),
  /** How much of that was reckoned from the load, and not measured. */
  computedMs: z.number(),
});
export type EnergyPeriod = z.infer<typeof EnergyPeriod>;

/** A day as it is written between programs; one that is no day, as 2026-02-30, is refused. */
const Day = z.iso.date();

/** What is handed to a UPS: one line, since drivers speak in lines and the log is read in lines. */
const DeviceText = z
  .string()
  .max(256)
  .regex(/^\P{Cc}*$/u);

interface RequestShape {
  readonly params: z.ZodObject;
  readonly result: z.ZodType;
  readonly access: AccessLevel;
}

export const requests = {
  /** Who answers, and what the asker may do. */
  'engine.hello': {
    params: Nothing,
    result: z.object({
      version: z.string(),
      hostName: z.string(),
      access: z.enum(ACCESS_LEVELS),
      /** NUT addresses that are served. */
      nut: z.array(z.string()),
      /** Where the configuration comes from: `nut-files` are shown read-only. */
      configuration: z.enum(['nut-files', 'settings', 'automatic', 'demo']),
      startedAt: z.number(),
      /** Nobody has set it up yet: no UPS is configured, and the wizard was neither gone through nor left for good. */
      needsSetup: z.boolean(),
      /** What a kilowatt-hour costs; absent where the settings are not kept here, and with them no price. */
      energy: EnergySettings.optional(),
    }),
    access: 'read',
  },
  /** Everything there is, at one moment. Events with a higher sequence follow on it. */
  'ups.list': {
    params: Nothing,
    result: z.object({
      sequence: z.number(),
      upses: z.array(UpsSnapshot),
      clients: z.array(NetworkClient),
      incidents: z.array(Incident),
    }),
    access: 'read',
  },
  /** The last minutes, one sample a second, oldest first. */
  'ups.samples': {
    params: z.object({ ups: UpsName, sinceAt: z.number().optional() }),
    result: z.object({ samples: z.array(Sample) }),
    access: 'read',
  },
  /** The past of up to 16 variables of up to 8 UPSes, as finely as it is kept and as many points allow. */
  'history.range': {
    params: z
      .object({
        ups: z.array(UpsName).min(1).max(8),
        variables: z.array(DottedName).min(1).max(16),
        ...SpanOfTime,
        points: z.int().min(2).max(MOST_HISTORY_POINTS),
      })
      .refine(({ from, to }) => from < to, { path: ['to'], error: 'must be later than from' }),
    result: z.object({
      /** Milliseconds since 1970 where the first step begins; a little before what was asked for. */
      from: z.number(),
      stepMs: z.number(),
      /** What is known of no UPS is left out. */
      series: z.array(HistorySeries),
      /** When they ran on battery; those nearer to each other than a step are one. */
      outages: z.array(z.object({ ups: UpsName, ...SpanOfTime })),
      /** Where history begins. */
      oldest: z.number().optional(),
      /** Why nothing is written at present. */
      problem: WireErrorSchema.optional(),
    }),
    access: 'read',
  },
  /** Incidents, newest first, a page at a time. */
  'history.incidents': {
    params: z.object({
      ups: UpsName.optional(),
      kinds: z.array(z.enum(INCIDENT_KINDS)).optional(),
      /** Id of the last one of the page before. */
      beforeId: z.number().optional(),
      limit: z.int().min(1).max(200),
    }),
    result: z.object({
      incidents: z.array(Incident),
      isMore: z.boolean(),
      /** Why nothing is written at present. */
      problem: WireErrorSchema.optional(),
    }),
    access: 'read',
  },
  /** How `ups.status` went in a time, oldest first, beginning with the one in force before. */
  'history.statuses': {
    params: z.object({ ups: UpsName, ...SpanOfTime, limit: z.int().min(1).max(500) }),
    result: z.object({ statuses: z.array(z.object({ at: z.number(), status: z.string() })) }),
    access: 'read',
  },
  /** What the load of a UPS used between each two of these moments: days, weeks, months of the one who looks. */
  'history.energy': {
    params: z
      .object({ ups: UpsName, edges: z.array(z.number()).min(2).max(401) })
      .refine(({ edges }) => edges.every((edge, place) => edge > (edges[place - 1] ?? -Infinity)), {
        path: ['edges'],
        error: 'must each be later than the one before',
      }),
    result: z.object({ periods: z.array(EnergyPeriod) }),
    access: 'read',
  },
  /** What is known of the battery: its date, what its own discharges taught, its tests. */
  'battery.get': { params: z.object({ ups: UpsName }), result: BatteryView, access: 'read' },
  /** A new battery is in its place since a day; the UPS is told where it takes a date. */
  'battery.setReplaced': {
    params: z.object({ ups: UpsName, day: Day }),
    result: z.object({ outcome: CommandOutcome }),
    access: 'control',
  },
  'ups.runCommand': {
    params: z.object({ ups: UpsName, command: DottedName, parameter: DeviceText.optional() }),
    result: z.object({ outcome: CommandOutcome }),
    access: 'control',
  },
  'ups.setVariable': {
    params: z.object({ ups: UpsName, variable: DottedName, value: DeviceText }),
    result: z.object({ outcome: CommandOutcome }),
    access: 'control',
  },
  /** Takes a forced shutdown back, so that clients that connect later do not shut down again. */
  'ups.clearForcedShutdown': { params: z.object({ ups: UpsName }), result: Nothing, access: 'control' },
  /** Tries at once to reach a UPS that cannot be read, instead of at its next turn. */
  'ups.retry': { params: z.object({ ups: UpsName }), result: Nothing, access: 'control' },
  /** The shutdown monitor: what it does, why, and what comes next. */
  'monitor.get': { params: Nothing, result: MonitorView, access: 'read' },
  /** Cancels what would follow from this outage; a low battery still leads to the shutdown. */
  'monitor.cancel': { params: Nothing, result: z.object({ outcome: WishOutcome }), access: 'control' },
  'monitor.postpone': {
    params: z.object({ seconds: z.number().int().min(1).max(86_400) }),
    result: z.object({ outcome: WishOutcome }),
    access: 'control',
  },
  'monitor.shutdownNow': { params: Nothing, result: z.object({ outcome: WishOutcome }), access: 'control' },
  'device.scan': { params: Nothing, result: z.object({ devices: z.array(FoundDevice) }), access: 'read' },
  /** Adds the demo UPS until the program ends. */
  'demo.start': { params: Nothing, result: z.object({ ups: UpsName }), access: 'control' },
  'demo.stop': { params: Nothing, result: Nothing, access: 'control' },
  'settings.get': { params: Nothing, result: SettingsState, access: 'admin' },
  /** What is wrong with settings before they are saved. Whatever is sent is answered. */
  'settings.check': {
    params: z.object({ settings: AnySettings }),
    result: z.object({ problems: z.array(FieldProblem) }),
    access: 'admin',
  },
  /** Saves and takes up, unless something is wrong. @throws settings/changed-meanwhile for another revision */
  'settings.save': {
    params: z.object({ settings: AnySettings, revision: z.string() }),
    result: z.object({
      isSaved: z.boolean(),
      problems: z.array(FieldProblem),
      state: SettingsState,
      /** Saved, and not in force: a port that another program has, for example. */
      failure: WireErrorSchema.optional(),
    }),
    access: 'admin',
  },
  /** The NUT files that settings amount to, passwords left out. */
  'settings.preview': {
    params: z.object({ settings: AnySettings }),
    result: z.object({
      files: z.array(z.object({ name: z.string(), text: z.string() })),
      /** What of the settings these files cannot say. */
      notes: z.array(TextSchema),
    }),
    access: 'admin',
  },
  /** The password that the program made for its own account, once. */
  'settings.revealPassword': {
    params: Nothing,
    result: z.object({ password: z.string().optional() }),
    access: 'admin',
  },
  /** Sets what a kilowatt-hour costs, and nothing else. @throws settings/read-only */
  'settings.setEnergy': {
    // The settings say better what is wrong with a price.
    params: EnergySettings.extend({ price: z.number().optional() }),
    result: Nothing,
    access: 'admin',
  },
  /** Sends a test message about a UPS as these settings would have it sent, saved or not. @throws alert/… */
  'settings.testAlert': {
    params: z.object({ ups: UpsName, settings: AnySettings }),
    result: z.object({ isSent: z.boolean(), problems: z.array(FieldProblem) }),
    access: 'admin',
  },
  /** Sends a test by one channel as these settings have it, saved or not, and waits for it. @throws alert/… */
  'alerts.test': {
    params: z.object({ channel: z.string().max(60), settings: AnySettings }),
    result: z.object({ isSent: z.boolean(), problems: z.array(FieldProblem) }),
    access: 'admin',
  },
  /** Ways to people that do not work at the moment. */
  'alerts.troubles': { params: Nothing, result: z.object({ troubles: z.array(ChannelTrouble) }), access: 'read' },
  /** Which passwords the web interface has. Absent where none is served: in the desktop window. */
  'web.passwords': {
    params: Nothing,
    result: z.object({ isSet: z.record(z.enum(WEB_SECRET_KEYS), z.boolean()).optional() }),
    access: 'admin',
  },
  /**
   * Sets one at once, or takes it away with an empty text. Everybody is logged out by it, whoever asked too.
   * @throws web/not-served, web/password-needed for the last one of an interface on the network, settings/bad-password
   */
  'web.setPassword': {
    params: z.object({ key: z.enum(WEB_SECRET_KEYS), password: z.string().max(LONGEST_WEB_PASSWORD) }),
    result: Nothing,
    access: 'admin',
  },
  /** Configurations of other UPS programs on this computer that can be moved in. */
  'settings.findImports': {
    params: Nothing,
    result: z.object({ found: z.array(z.object({ kind: z.enum(['nut-conf', 'apcupsd']), path: z.string() })) }),
    access: 'admin',
  },
  /**
   * What one of them, or the answer of TrueNAS's API as text, would make of the settings. Nothing is saved; passwords
   * that would be new are in it. @throws settings/no-import for a path that was not found, settings/no-truenas
   */
  'settings.readImport': {
    params: z.object({
      kind: z.enum(['nut-conf', 'apcupsd', 'truenas']),
      path: z.string().max(4096).optional(),
      text: z.string().max(262_144).optional(),
    }),
    result: z.object({
      settings: SettingsDraft,
      /** What is not as it was, each a sentence. */
      notes: z.array(TextSchema),
      problems: z.array(FieldProblem),
    }),
    access: 'admin',
  },
  /** Accounts as text of an upsd.users, and back; `(set)` stands for a password that is kept. */
  'settings.usersToText': {
    params: z.object({ settings: AnySettings }),
    result: z.object({ text: z.string() }),
    access: 'admin',
  },
  'settings.usersFromText': {
    params: z.object({ text: z.string().max(262_144), settings: AnySettings }),
    result: z.object({ users: SettingsDraft.shape.server.unwrap().shape.users, problems: z.array(FieldProblem) }),
    access: 'admin',
  },
  /** What the wizard finds on this computer. */
  'setup.state': {
    params: Nothing,
    result: z.object({
      units: z.array(FoundDevice),
      /** Other programs and rules that get in the way. */
      neighbours: z.array(
        z.object({
          id: z.string(),
          title: TextSchema,
          effect: PhraseSchema,
          remedy: PhraseSchema,
          /** Does what the remedy says, in a terminal. */
          command: z.string().optional(),
        }),
      ),
      /** The udev rule; absent where the system needs none. */
      rule: z.enum(['missing', 'installed', 'outdated', 'foreign']).optional(),
    }),
    access: 'admin',
  },
  /** Puts the udev rule in place, never over somebody else's file. The system may ask for a password meanwhile. */
  'setup.installRule': {
    params: Nothing,
    result: z.object({
      outcome: z.enum(['installed', 'already', 'by-hand', 'foreign', 'failed']),
      /** Does the same in a terminal. */
      command: z.string(),
      reason: TextSchema.optional(),
    }),
    access: 'admin',
  },
  /** What would happen if the mains failed now, under these settings. Nothing is carried out. */
  'setup.rehearse': {
    params: z.object({ settings: AnySettings }),
    result: z.object({
      rehearsal: Plan.optional(),
      problems: z.array(FieldProblem),
      /** That this computer could not do what it is to do then. */
      refusal: PhraseSchema.optional(),
    }),
    access: 'admin',
  },
  /**
   * What a shutdown would do on this computer under these settings, step by step, with what can be checked of each.
   * Nothing is carried out. Empty where nothing is ever done.
   */
  'setup.dryRun': {
    params: z.object({ settings: AnySettings }),
    result: z.object({ steps: z.array(DryRunStep), problems: z.array(FieldProblem) }),
    access: 'admin',
  },
  /** Runs the command before or after the action of these settings now, and waits for it. */
  'setup.tryCommand': {
    params: z.object({ settings: AnySettings, place: AroundPlace }),
    result: z.object({
      /** Absent where there is no such command, or something is wrong with the settings. */
      trial: z
        .object({
          /** How it ended, where it did not end well. */
          failure: TextSchema.optional(),
          /** The end of what it wrote. */
          output: z.string(),
          seconds: z.number(),
        })
        .optional(),
      problems: z.array(FieldProblem),
    }),
    access: 'admin',
  },
  /** The models that NUT's drivers know, and which drivers there are on this computer. */
  'drivers.list': {
    params: Nothing,
    result: z.object({
      hardware: z.array(
        z.object({
          maker: z.string(),
          model: z.string(),
          driver: z.string(),
          /** How TrueNAS writes the choice: `genericups upstype=4$Model`. */
          key: z.string(),
          /** From 1, found out by trying, to 5, made with the maker's help. */
          level: z.number(),
          hint: z.string(),
        }),
      ),
      drivers: z.array(
        z.object({
          name: z.string(),
          /** Spoken by this program, by an installed program of NUT, or by one that is not here. */
          availability: z.enum(['native', 'installed', 'missing']),
          /** The package of Debian and Ubuntu that brings a missing one. */
          package: z.string().optional(),
        }),
      ),
    }),
    access: 'admin',
  },
  /** The options of ups.conf that a driver takes; none of a driver that nobody knows. */
  'drivers.options': {
    params: z.object({ driver: z.string().max(1024) }),
    result: z.object({
      options: z.array(
        z.object({
          name: z.string(),
          kind: z.enum(['flag', 'flag-or-value', 'boolean', 'integer', 'number', 'hex', 'regex', 'text', 'choice']),
          /** The words of a `choice`. */
          choices: z.array(z.string()),
        }),
      ),
    }),
    access: 'admin',
  },
  'ports.list': {
    params: z.object({ driver: z.string().max(1024) }),
    result: z.object({ ports: z.array(OfferedPort) }),
    access: 'admin',
  },
  /**
   * Asks what is behind a port on the network: an SNMP agent, the server of a repeater. No answer where there is nothing
   * to ask. @throws NutError when the server cannot be reached within a few seconds
   */
  'ports.probe': {
    params: z.object({
      /** Id of the UPS whose passwords `(set)` in its options stands for. */
      ups: z.string().max(40),
      driver: z.string().max(1024),
      port: z.string().max(1024),
      options: z.string().max(65_536),
    }),
    result: z.object({ answer: z.object({ isGood: z.boolean(), text: TextSchema }).optional() }),
    access: 'admin',
  },
  /** Asks another NUT server for its UPSes. @throws NutError when it cannot be reached within a few seconds */
  'network.probe': {
    params: z.object({ host: HostName, port: Port }),
    result: z.object({ upses: z.array(z.object({ name: z.string(), description: z.string() })) }),
    access: 'admin',
  },
  /** NUT servers of other computers that announce themselves on the local network. Takes seconds. @throws NutError nut/cannot-search */
  'network.find': {
    params: Nothing,
    result: z.object({
      servers: z.array(
        z.object({
          name: z.string(),
          host: z.string(),
          port: z.number(),
          /** Absent: it does not answer. */
          upses: z.array(z.object({ name: z.string(), description: z.string() })).optional(),
        }),
      ),
    }),
    access: 'admin',
  },
  /** Where other computers find the NUT server of this one. */
  'network.own': {
    params: Nothing,
    result: z.object({
      /** Addresses of this computer that others can reach. */
      addresses: z.array(z.string()),
      /** Absent while nothing is served. */
      port: z.number().optional(),
      /** It listens to other computers as well. */
      isOpen: z.boolean(),
      /** SHA-256 of the certificate that clients are shown, upper case with colons. */
      fingerprint: z.string().optional(),
      /** A firewall here that may keep them out, and the command against it; absent where none is known to be on. */
      firewall: z.object({ text: TextSchema, command: z.string().optional() }).optional(),
      /** Addresses that were turned away in the last day because they are not allowed, the last one first. */
      refused: z.array(z.object({ address: z.string(), count: z.number(), lastAt: z.number() })),
    }),
    access: 'admin',
  },
} as const satisfies Record<string, RequestShape>;

/** Every event carries its number; a gap means that something was missed and `ups.list` is asked again. */
const numbered = { sequence: z.number() };

export const events = {
  /** What changed of one UPS. */
  'ups.changed': {
    payload: z.object({
      ...numbered,
      ups: UpsName,
      at: z.number(),
      availability: Availability,
      revision: z.number(),
      /** The whole UPS as it is now. */
      snapshot: UpsSnapshot,
      /** Names of variables whose value changed, for a live mark. */
      changed: z.array(z.string()),
    }),
    access: 'read',
  },
  /** UPSes came or went. */
  'ups.listChanged': { payload: z.object({ ...numbered, names: z.array(UpsName) }), access: 'read' },
  /** One new second of one UPS. */
  'ups.sample': { payload: z.object({ ...numbered, ups: UpsName, sample: Sample }), access: 'read' },
  /** An incident began, changed or ended. */
  incident: { payload: z.object({ ...numbered, incident: Incident }), access: 'read' },
  /** Somebody changed the settings. */
  'settings.changed': { payload: z.object({ ...numbered, revision: z.string() }), access: 'admin' },
  /** The shutdown monitor decided something, or its plan changed. */
  'monitor.changed': { payload: z.object({ ...numbered, monitor: MonitorView }), access: 'read' },
  /** A way to people failed, or works again. */
  'alerts.changed': { payload: z.object({ ...numbered, troubles: z.array(ChannelTrouble) }), access: 'read' },
  'clients.changed': { payload: z.object({ ...numbered, clients: z.array(NetworkClient) }), access: 'read' },
} as const satisfies Record<string, { payload: z.ZodType; access: AccessLevel }>;

export type RequestName = keyof typeof requests;
export type RequestParams<Name extends RequestName> = z.infer<(typeof requests)[Name]['params']>;
export type RequestResult<Name extends RequestName> = z.infer<(typeof requests)[Name]['result']>;

export type EventName = keyof typeof events;
export type EventPayload<Name extends EventName> = z.infer<(typeof events)[Name]['payload']>;

/** The answer to a request: the value, or the whole error with its remedy. */
export type Answer<Name extends RequestName> =
  | { readonly ok: true; readonly value: RequestResult<Name> }
  | { readonly ok: false; readonly error: z.infer<typeof WireErrorSchema> };

export const isRequestName = (name: string): name is RequestName => Object.hasOwn(requests, name);
export const isEventName = (name: string): name is EventName => Object.hasOwn(events, name);
