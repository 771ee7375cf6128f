/** What the fake engine knows before anybody tells it something. */
import type { RequestResult } from '#domain/contract.ts';
import type { MonitorView } from '#domain/schema/monitor.ts';
import type { Plan } from '#domain/schema/plan.ts';

export const HARDWARE: RequestResult<'drivers.list'>['hardware'] = [
  { maker: 'Lumen', model: 'Harbor 1500', driver: 'usbhid-ups', key: 'usbhid-ups$Harbor 1500', level: 5, hint: 'USB' },
  {
    maker: 'Lumen',
    model: 'Pier 700',
    driver: 'nutdrv_qx',
    key: 'nutdrv_qx$Pier 700',
    level: 3,
    hint: 'USB ID 0665:5161',
  },
  { maker: 'Quay', model: 'Rack 3000', driver: 'snmp-ups', key: 'snmp-ups$Rack 3000', level: 4, hint: '' },
];
export const DRIVERS: RequestResult<'drivers.list'>['drivers'] = [
  { name: 'nutdrv_qx', availability: 'installed' },
  { name: 'snmp-ups', availability: 'missing', package: 'nut-snmp' },
  { name: 'usbhid-ups', availability: 'native' },
];

/** Of a monitor that watches nothing. */
export const OFF_DUTY: MonitorView = {
  phase: 'off',
  reason: { phrase: 'monitor.now.off-duty', params: {} },
  canCancel: false,
  canPostpone: false,
  canShutDown: false,
  plan: { steps: [], action: 'shutdown', takesSeconds: 60, isMeasured: false },
  isSimulated: false,
  secondaries: [],
  supplies: [],
  decisions: [],
};

/** Of an outage of which the usual settings make a shutdown after five minutes. */
export const REHEARSAL: Plan = {
  steps: [
    {
      afterSeconds: 0,
      who: { phrase: 'rehearsal.mains', params: {} },
      what: { phrase: 'rehearsal.fail', params: {} },
    },
    {
      afterSeconds: 300,
      who: { phrase: 'monitor.this-computer', params: {} },
      what: {
        phrase: 'rehearsal.begin',
        params: {
          why: {
            phrase: 'monitor.why.time',
            params: { ups: 'ups', time: { phrase: 'time.minutes', params: { count: 5 } } },
          },
        },
      },
    },
    {
      afterSeconds: 305,
      who: { phrase: 'monitor.this-computer', params: {} },
      what: { phrase: 'monitor.plan.shutdown', params: {} },
    },
    {
      afterSeconds: 365,
      who: { phrase: 'monitor.this-computer', params: {} },
      what: { phrase: 'rehearsal.off', params: {} },
    },
    {
      afterSeconds: 2460,
      who: { phrase: 'rehearsal.battery', params: {} },
      what: { phrase: 'rehearsal.empty', params: {} },
      mark: 'empty',
    },
  ],
  action: 'shutdown',
  takesSeconds: 60,
  isMeasured: false,
  beginsAfterSeconds: 300,
  offAfterSeconds: 365,
  batterySeconds: 2460,
  isInTime: true,
};

export const DRY_STEPS: RequestResult<'setup.dryRun'>['steps'] = [
  { step: 'fsd', text: { phrase: 'dry.fsd', params: { ups: ['ups'] } } },
  { step: 'wait', text: { phrase: 'dry.nobody', params: {} } },
  { step: 'before', text: { phrase: 'dry.before', params: { time: '30 s' } }, command: '/usr/local/bin/stop-vms' },
  {
    step: 'action',
    text: {
      phrase: 'dry.action',
      params: {
        who: { phrase: 'monitor.this-computer', params: {} },
        does: { phrase: 'monitor.plan.hibernate', params: {} },
      },
    },
    problem: { phrase: 'reason.logind-says', params: { answer: 'na' } },
  },
];
