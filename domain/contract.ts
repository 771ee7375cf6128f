/**
 * Everything a face may ask of the engine and everything the engine tells, as values: types are derived, nothing is
 * written twice. Electron IPC and WebSocket are two transports of this one table.
 */
import { z } from 'zod';
import { DottedName, UpsName } from './schema/names.ts';
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
  matchReason: z.string(),
  problem: WireErrorSchema.optional(),
});
export type FoundDevice = z.infer<typeof FoundDevice>;

const Nothing = z.object({});

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
      configuration: z.enum(['nut-files', 'automatic', 'demo']),
      startedAt: z.number(),
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
  'device.scan': { params: Nothing, result: z.object({ devices: z.array(FoundDevice) }), access: 'read' },
  /** Adds the demo UPS until the program ends. */
  'demo.start': { params: Nothing, result: z.object({ ups: UpsName }), access: 'control' },
  'demo.stop': { params: Nothing, result: Nothing, access: 'control' },
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
