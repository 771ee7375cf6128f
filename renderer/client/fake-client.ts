/**
 * An engine that lives in memory and behaves: its UPSes run on mains or battery, drain, charge, fall silent. For tests
 * and for work on the design; time passes only by `tick`.
 */
import type { ConnectionState, EngineClient } from '#domain/client.ts';
import type {
  AccessLevel,
  CommandOutcome,
  EventName,
  EventPayload,
  FoundDevice,
  RequestName,
  RequestParams,
  RequestResult,
  SettingsState,
} from '#domain/contract.ts';
import { ApiError, NutError, SettingsError } from '#domain/errors.ts';
import { numberIn, tokensOf } from '#domain/power-state.ts';
import type { BatteryView } from '#domain/schema/battery.ts';
import type { ChannelTrouble } from '#domain/schema/alerts.ts';
import type { MonitorView } from '#domain/schema/monitor.ts';
import type { Plan } from '#domain/schema/plan.ts';
import { becauseText, expectedOf, missingOf } from '#domain/schema/settings/issue-text.ts';
import { SettingsDraft } from '#domain/schema/settings/settings.ts';
import type { Incident, NetworkClient, Sample, UpsSnapshot, VariableSnapshot } from '#domain/schema/snapshot.ts';
import { DRIVERS, DRY_STEPS, HARDWARE, OFF_DUTY, REHEARSAL } from './fake-facts.ts';
import { createFakePast, type Past } from './fake-past.ts';

export interface FakeUps {
  readonly name: string;
  readonly description?: string;
  readonly driver?: string;
  readonly variables: Readonly<Record<string, string | (Partial<VariableSnapshot> & { readonly value: string })>>;
  readonly commands?: readonly string[];
}

export interface FakeEngine extends EngineClient {
  /** Milliseconds since 1970 of the engine's clock. */
  now(): number;
  /** Lets seconds pass: batteries drain and charge, samples are taken. */
  tick(seconds?: number): void;
  add(ups: FakeUps): void;
  remove(name: string): void;
  /** Changes variables of a UPS; undefined takes one away. */
  set(name: string, values: Readonly<Record<string, string | undefined>>): void;
  /** Changes what is known about a UPS as a whole. */
  patch(name: string, change: Partial<UpsSnapshot>): void;
  addIncident(incident: Omit<Incident, 'id'>): number;
  endIncident(id: number): void;
  setClients(clients: readonly NetworkClient[]): void;
  /** Ways to people fail, or work again. */
  setTroubles(troubles: readonly ChannelTrouble[]): void;
  /** Changes what the shutdown monitor says of itself. */
  setMonitor(change: Partial<MonitorView>): void;
  /** Makes up the past. @param read the value of a variable at a moment; undefined where nothing is known */
  setPast(read: Past, oldest: number): void;
  /** What is known of the battery of every UPS. */
  setBattery(battery: BatteryView): void;
  setStatuses(statuses: RequestResult<'history.statuses'>['statuses']): void;
  /** Says that history is not written, or that it is again. */
  setHistoryProblem(problem: RequestResult<'history.range'>['problem']): void;
  setAccess(access: AccessLevel): void;
  /** Nobody has set it up yet, and this is what the wizard finds beside the attached units. */
  setFirstLaunch(found: {
    readonly neighbours?: RequestResult<'setup.state'>['neighbours'];
    readonly rule?: RequestResult<'setup.state'>['rule'];
    readonly rehearsal?: Plan;
    readonly refusal?: RequestResult<'setup.rehearse'>['refusal'];
  }): void;
  setConfiguration(kind: RequestResult<'engine.hello'>['configuration']): void;
  setDevices(devices: readonly FoundDevice[]): void;
  /** What announces itself on the network. */
  setServers(servers: RequestResult<'network.find'>['servers']): void;
  /** A firewall of this computer, and who was turned away. */
  setNearby(found: Pick<RequestResult<'network.own'>, 'firewall' | 'refused'>): void;
  /** Changes what is known of the settings as a whole. */
  patchSettings(change: Partial<SettingsState>): void;
  /** What can be moved in, and what that would make of the settings. */
  setImports(
    found: RequestResult<'settings.findImports'>['found'],
    proposed: RequestResult<'settings.readImport'>,
  ): void;
  become(connection: ConnectionState): void;
  /** Swallows the next event, as a slow connection may. */
  missNextEvent(): void;
  /** What was asked, oldest first. */
  readonly asked: readonly { readonly name: RequestName; readonly params: unknown }[];
}

const KEPT_SAMPLES = 1800;

/** Accounts as they are told once they are saved. */
const withKeptPasswords = (settings: SettingsDraft): SettingsDraft => ({
  ...settings,
  server: {
    ...settings.server,
    users: settings.server.users.map((user) => ({
      ...user,
      password: { isSet: 'value' in user.password || user.password.isSet, account: user.name },
    })),
  },
});

export function createFakeEngine(startAt: number): FakeEngine {
  const upses = new Map<string, UpsSnapshot>();
  const samples = new Map<string, Sample[]>();
  const incidents: Incident[] = [];
  const subscribers = new Map<EventName, Set<(payload: never) => void>>();
  const watchers = new Set<(state: ConnectionState) => void>();
  const asked: { name: RequestName; params: unknown }[] = [];
  let clients: readonly NetworkClient[] = [];
  let monitor = OFF_DUTY;
  let devices: readonly FoundDevice[] = [];
  let servers: RequestResult<'network.find'>['servers'] = [];
  let nearby: Pick<RequestResult<'network.own'>, 'firewall' | 'refused'> = { refused: [] };
  let settings: SettingsState = {
    settings: SettingsDraft.parse({ server: { monpwd: { isSet: true } } }),
    revision: '1',
    isReadOnly: false,
    problems: [],
    hasUnseenPassword: true,
  };
  let imports: RequestResult<'settings.findImports'>['found'] = [];
  let proposal: RequestResult<'settings.readImport'> = { settings: settings.settings, notes: [], problems: [] };
  const webPasswords = { 'web.password': true, 'web.readPassword': false };
  let access: AccessLevel = 'admin';
  let needsSetup = false;
  let neighbours: RequestResult<'setup.state'>['neighbours'] = [];
  let rule: RequestResult<'setup.state'>['rule'];
  let rehearsal = REHEARSAL;
  let refusal: RequestResult<'setup.rehearse'>['refusal'];
  let troubles: readonly ChannelTrouble[] = [];
  let configuration: RequestResult<'engine.hello'>['configuration'] = 'automatic';
  let connection: ConnectionState = 'connected';
  let clock = startAt;
  let sequence = 0;
  let lastIncident = 0;
  let isMissing = false;
  let battery: BatteryView = { tests: [] };

  const publish = <Name extends EventName>(name: Name, payload: Omit<EventPayload<Name>, 'sequence'>): void => {
    sequence += 1;
    const isMissed = isMissing || connection !== 'connected';
    isMissing = false;
    if (isMissed) return;
    for (const subscriber of subscribers.get(name) ?? []) subscriber({ ...payload, sequence } as never);
  };

  const get = (name: string): UpsSnapshot => {
    const ups = upses.get(name);
    if (!ups) throw new ApiError('api/unknown-ups', { ups: name });
    return ups;
  };

  const put = (ups: UpsSnapshot, changed: string[]): void => {
    const next = { ...ups, revision: ups.revision + 1 };
    upses.set(ups.name, next);
    const { name, availability, revision } = next;
    publish('ups.changed', { ups: name, at: clock, availability, revision, snapshot: next, changed });
  };

  const set = (name: string, values: Readonly<Record<string, string | undefined>>): void => {
    const ups = get(name);
    const changed = Object.keys(values).filter((variable) => ups.variables[variable]?.value !== values[variable]);
    const kept = Object.entries(ups.variables).filter(([variable]) => !changed.includes(variable));
    const fresh = changed.flatMap((variable) => {
      const value = values[variable];
      if (value === undefined) return [];
      return [[variable, { isWritable: false, ...ups.variables[variable], value, changedAt: clock }] as const];
    });
    const variables = Object.fromEntries([...kept, ...fresh]);
    if (changed.length > 0) put({ ...ups, variables, heardAt: clock }, changed);
  };

  const live = (name: string): void => {
    const ups = get(name);
    if (ups.availability !== 'available') return;
    const tokens = tokensOf(ups);
    const charge = numberIn(ups, 'battery.charge');
    const runtime = numberIn(ups, 'battery.runtime');
    const values: Record<string, string> = {};
    if (tokens.has('OB') && charge !== undefined && runtime !== undefined && runtime > 0) {
      values['battery.charge'] = String(Math.max(0, Math.round((charge - charge / runtime) * 100) / 100));
      values['battery.runtime'] = String(runtime - 1);
    } else if (tokens.has('CHRG') && charge !== undefined) {
      values['battery.charge'] = String(Math.min(100, Math.round((charge + 0.02) * 100) / 100));
    }
    set(name, values);
    upses.set(name, { ...get(name), heardAt: clock });
  };

  const sample = (name: string): void => {
    const ups = get(name);
    const told = (variable: string): number | undefined =>
      ups.availability === 'available' ? numberIn(ups, variable) : undefined;
    const quantities = {
      charge: told('battery.charge'),
      runtime: told('battery.runtime'),
      load: told('ups.load'),
      inputVoltage: told('input.voltage'),
      outputVoltage: told('output.voltage'),
      batteryVoltage: told('battery.voltage'),
    };
    const known = Object.fromEntries(Object.entries(quantities).filter(([, value]) => value !== undefined));
    const onBattery = ups.availability === 'available' ? { onBattery: tokensOf(ups).has('OB') } : {};
    const taken: Sample = { at: clock, ...known, ...onBattery };
    const kept = samples.get(name) ?? [];
    samples.set(name, [...kept.slice(-KEPT_SAMPLES + 1), taken]);
    publish('ups.sample', { ups: name, sample: taken });
  };

  const runCommand = ({ ups: name, command }: RequestParams<'ups.runCommand'>): CommandOutcome => {
    const ups = get(name);
    if (!ups.commands.includes(command)) return 'unknown';
    if (command === 'demo.mains.off') set(name, { 'ups.status': 'OB DISCHRG', 'input.voltage': '0.0' });
    if (command === 'demo.mains.on') set(name, { 'ups.status': 'OL CHRG', 'input.voltage': '230.4' });
    if (command === 'beeper.mute') set(name, { 'ups.beeper.status': 'muted' });
    return 'handled';
  };

  const setVariable = ({ ups: name, variable, value }: RequestParams<'ups.setVariable'>): CommandOutcome => {
    const known = get(name).variables[variable];
    if (!known?.isWritable) return 'unknown';
    if (known.values && !known.values.includes(value)) return 'invalid';
    set(name, { [variable]: value });
    return 'handled';
  };

  const add = ({ name, description, driver = 'usbhid-ups', variables, commands = [] }: FakeUps): void => {
    upses.set(name, {
      name,
      ...(description === undefined ? {} : { description }),
      driver,
      isDemo: driver === 'demo',
      attachment: driver === 'demo' ? 'simulated' : 'cable',
      availability: 'available',
      heardAt: clock,
      isForcedShutdown: false,
      variables: Object.fromEntries(
        Object.entries(variables).map(([key, given]) => [
          key,
          { isWritable: false, changedAt: clock, ...(typeof given === 'string' ? { value: given } : given) },
        ]),
      ),
      commands: [...commands],
      notes: [],
      revision: 1,
    });
    publish('ups.listChanged', { names: [...upses.keys()] });
  };

  const setMonitor = (change: Partial<MonitorView>): void => {
    monitor = { ...monitor, ...change };
    publish('monitor.changed', { monitor });
  };

  const keep = (next: SettingsDraft): void => {
    settings = { ...settings, settings: next, revision: String(Number(settings.revision) + 1) };
    publish('settings.changed', { revision: settings.revision });
  };

  const past = createFakePast(startAt, { now: () => clock, incidents, upsOf: get });

  const answers: { [Name in RequestName]: (params: RequestParams<Name>) => RequestResult<Name> } = {
    'engine.hello': () => ({
      version: '0.1.0',
      hostName: 'desk',
      access,
      nut: settings.settings.server.rmonitor ? ['0.0.0.0:3493', '[::]:3493'] : ['127.0.0.1:3493'],
      configuration,
      startedAt: startAt,
      needsSetup,
      ...(settings.isReadOnly ? {} : { energy: settings.settings.energy }),
    }),
    'ups.list': () => ({ sequence, upses: [...upses.values()], clients: [...clients], incidents: [...incidents] }),
    'ups.samples': ({ ups, sinceAt = 0 }) => ({
      samples: (samples.get(get(ups).name) ?? []).filter(({ at }) => at > sinceAt),
    }),
    ...past.answers,
    'battery.get': ({ ups }) => {
      get(ups);
      return battery;
    },
    'battery.setReplaced': ({ day }) => {
      battery = { ...battery, date: { day, text: day, from: 'person' } };
      return { outcome: 'handled' };
    },
    'ups.runCommand': (params) => ({ outcome: runCommand(params) }),
    'ups.setVariable': (params) => ({ outcome: setVariable(params) }),
    'ups.clearForcedShutdown': ({ ups }) => {
      put({ ...get(ups), isForcedShutdown: false }, []);
      return {};
    },
    'ups.retry': ({ ups }) => {
      get(ups);
      return {};
    },
    'monitor.get': () => monitor,
    'monitor.cancel': () => {
      if (!monitor.canCancel) return { outcome: 'nothing-to-do' };
      setMonitor({ phase: 'on-battery', endsAt: undefined, canCancel: false, canPostpone: false });
      return { outcome: 'done' };
    },
    'monitor.postpone': ({ seconds }) => {
      if (!monitor.canPostpone) return { outcome: 'nothing-to-do' };
      setMonitor({ endsAt: (monitor.endsAt ?? clock) + seconds * 1000 });
      return { outcome: 'done' };
    },
    'monitor.shutdownNow': () => {
      if (!monitor.canShutDown) return { outcome: 'nothing-to-do' };
      setMonitor({ phase: 'final-delay', canCancel: false, canPostpone: false, canShutDown: false });
      return { outcome: 'done' };
    },
    'device.scan': () => ({ devices: [...devices] }),
    'demo.start': () => {
      add({ name: 'demo', driver: 'demo', variables: { 'ups.status': 'OL', 'battery.charge': '100' } });
      return { ups: 'demo' };
    },
    'demo.stop': () => {
      upses.delete('demo');
      publish('ups.listChanged', { names: [...upses.keys()] });
      return {};
    },
    'settings.get': () => settings,
    'settings.check': ({ settings: sent }) => ({ problems: problemsOf(sent) }),
    'settings.save': ({ settings: sent, revision }) => {
      if (revision !== settings.revision) throw new SettingsError('settings/changed-meanwhile', {});
      const problems = problemsOf(sent);
      const isSaved = problems.length === 0;
      if (isSaved) keep(withKeptPasswords(SettingsDraft.parse(sent)));
      return { isSaved, problems, state: settings };
    },
    'settings.preview': () => ({ files: [{ name: 'nut.conf', text: 'MODE=netserver\n' }], notes: [] }),
    'settings.revealPassword': () => {
      const isUnseen = settings.hasUnseenPassword;
      settings = { ...settings, hasUnseenPassword: false };
      return isUnseen ? { password: 'p7qk2mzn4d' } : {};
    },
    'settings.testAlert': ({ settings: sent }) => {
      const problems = problemsOf(sent);
      return { isSent: problems.length === 0, problems };
    },
    'alerts.test': ({ settings: sent }) => {
      const problems = problemsOf(sent);
      return { isSent: problems.length === 0, problems };
    },
    'alerts.troubles': () => ({ troubles: [...troubles] }),
    'settings.setEnergy': (energy) => {
      keep({ ...settings.settings, energy });
      return {};
    },
    'settings.usersToText': ({ settings: sent }) => ({
      text: SettingsDraft.parse(sent)
        .server.users.map(({ name, upsmon }) => `[${name}]\n  password = (set)\n  upsmon ${upsmon}\n`)
        .join('\n'),
    }),
    'settings.usersFromText': ({ settings: sent }) => ({ users: SettingsDraft.parse(sent).server.users, problems: [] }),
    'setup.state': () => ({
      units: [...devices],
      neighbours: [...neighbours],
      ...(rule === undefined ? {} : { rule }),
    }),
    'setup.installRule': () => {
      if (rule === 'missing' || rule === 'outdated') rule = 'installed';
      return { outcome: 'installed', command: 'sudo cp 60-ridethrough.rules /etc/udev/rules.d/' };
    },
    'setup.rehearse': () => ({ rehearsal, problems: [], ...(refusal ? { refusal } : {}) }),
    'setup.dryRun': () => ({ steps: [...DRY_STEPS], problems: [] }),
    'setup.tryCommand': () => ({ trial: { output: 'stopped\n', seconds: 0.4 }, problems: [] }),
    'drivers.list': () => ({ hardware: [...HARDWARE], drivers: [...DRIVERS] }),
    'drivers.options': () => ({
      options: [
        { name: 'pollfreq', kind: 'integer', choices: [] },
        { name: 'pollinterval', kind: 'integer', choices: [] },
        { name: 'pollonly', kind: 'flag', choices: [] },
      ],
    }),
    'ports.list': () => ({
      ports: [
        { port: 'auto', kind: 'auto', title: '', selectors: [] },
        ...devices.map(({ title, selectors, problem }) => ({
          port: 'auto',
          kind: 'unit' as const,
          title,
          selectors: [...selectors],
          ...(problem === undefined ? {} : { problem }),
        })),
      ],
    }),
    'ports.probe': ({ driver, port }) => {
      if (!driver.startsWith('snmp-ups')) return {};
      const isGood = port === 'card';
      const text = isGood
        ? { phrase: 'probe.unit', params: { port, title: 'Quay Card 3' } }
        : { phrase: 'probe.silent', params: { port } };
      return { answer: { isGood, text } };
    },
    'network.probe': ({ host, port }) => {
      if (host !== 'nas') throw new NutError('nut/cannot-connect', { address: `${host}:${port}`, reason: 'no answer' });
      return {
        upses: [
          { name: 'ups', description: 'Rack' },
          { name: 'lab', description: '' },
        ],
      };
    },
    'network.find': () => ({ servers: [...servers] }),
    'network.own': () => ({
      addresses: ['192.168.1.10', '2001:db8::10'],
      port: settings.settings.server.remoteport,
      isOpen: settings.settings.server.rmonitor,
      ...nearby,
      refused: [...nearby.refused],
      fingerprint: Array.from({ length: 32 }, (_, index) => (index * 7 + 16).toString(16).toUpperCase()).join(':'),
    }),
    'web.passwords': () => ({ isSet: { ...webPasswords } }),
    'web.setPassword': ({ key, password }) => {
      webPasswords[key] = password !== '';
      return {};
    },
    'settings.findImports': () => ({ found: [...imports] }),
    'settings.readImport': ({ kind, path }) => {
      if (kind !== 'truenas' && !imports.some((found) => found.kind === kind && found.path === path)) {
        throw new SettingsError('settings/no-import', { path: path ?? '' });
      }
      return structuredClone(proposal);
    },
  };

  /** What the shape of the values alone tells; lines for NUT are the engine's to judge. */
  const problemsOf = (sent: unknown): SettingsState['problems'] =>
    SettingsDraft.safeParse(sent).error?.issues.map((issue) => {
      const missing = missingOf(issue);
      return {
        path: issue.path.filter((step) => typeof step !== 'symbol'),
        severity: 'error',
        reason: missing
          ? { phrase: 'field.missing', params: { because: becauseText(missing) } }
          : { phrase: 'field.bad-value', params: {} },
        fix: missing
          ? { phrase: 'field.missing.fix', params: {} }
          : { phrase: 'field.bad-value.fix', params: { expected: expectedOf(issue) } },
      };
    }) ?? [];

  return {
    asked,
    now: () => clock,
    tick(seconds = 1) {
      for (let second = 0; second < seconds; second += 1) {
        clock += 1000;
        for (const name of upses.keys()) {
          live(name);
          sample(name);
        }
      }
    },
    add,
    remove(name) {
      upses.delete(name);
      samples.delete(name);
      publish('ups.listChanged', { names: [...upses.keys()] });
    },
    set,
    patch: (name, change) => put({ ...get(name), ...change }, []),
    addIncident(incident) {
      lastIncident = Math.max(lastIncident + 1, incident.startedAt);
      const told = { ...incident, id: lastIncident };
      incidents.push(told);
      publish('incident', { incident: told });
      return told.id;
    },
    endIncident(id) {
      const index = incidents.findIndex((incident) => incident.id === id);
      const incident = incidents[index];
      if (!incident) return;
      const ended = { ...incident, endedAt: clock };
      incidents[index] = ended;
      publish('incident', { incident: ended });
    },
    setTroubles(next) {
      troubles = next;
      publish('alerts.changed', { troubles: [...next] });
    },
    setClients(next) {
      clients = next;
      publish('clients.changed', { clients: [...next] });
    },
    setFirstLaunch(found) {
      needsSetup = true;
      neighbours = found.neighbours ?? [];
      rule = found.rule;
      rehearsal = found.rehearsal ?? rehearsal;
      ({ refusal } = found);
    },
    setConfiguration(kind) {
      configuration = kind;
    },
    setMonitor,
    setPast: past.make,
    setBattery(next) {
      battery = next;
    },
    setStatuses: past.setStatuses,
    setHistoryProblem: past.setProblem,
    setAccess(next) {
      access = next;
    },
    setDevices(next) {
      devices = next;
    },
    setServers(next) {
      servers = next;
    },
    setNearby(found) {
      nearby = found;
    },
    patchSettings(change) {
      settings = { ...settings, ...change };
    },
    setImports(found, proposed) {
      imports = found;
      proposal = proposed;
    },
    become(next) {
      connection = next;
      for (const watcher of watchers) watcher(next);
    },
    missNextEvent() {
      isMissing = true;
    },
    async request(name, params) {
      asked.push({ name, params });
      if (connection !== 'connected') throw new ApiError('client/unreachable', {});
      // What crosses a border is a copy.
      return Promise.resolve(structuredClone(answers[name](params)));
    },
    subscribe(name, receive) {
      const set = subscribers.get(name) ?? new Set();
      subscribers.set(name, set);
      set.add(receive);
      return () => set.delete(receive);
    },
    onConnection(changed) {
      watchers.add(changed);
      changed(connection);
      return () => watchers.delete(changed);
    },
    close() {
      watchers.clear();
      subscribers.clear();
    },
  };
}
