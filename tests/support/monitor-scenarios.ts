/**
 * What Debian's upsmon 2.8.0 and our monitor do in the same situations: run by tests/contract/monitor-scenarios.test.ts,
 * told in docs/developer/shutdown.md.
 */

/** What happens, and after how many seconds since what happened before. */
export type Happening = readonly [after: number, what: Deed];
type Deed =
  | { readonly status: string; readonly of?: 'b' }
  | { readonly do: 'stop-driver' | 'start-driver' | 'stop-server' | 'start-server' | 'log-in' | 'log-out' | 'fsd' };

export interface Scenario {
  readonly name: string;
  readonly role: 'primary' | 'secondary';
  /** Status before it begins; `OL` unless given. */
  readonly first?: string;
  /** A second UPS `b`. */
  readonly hasTwo?: true;
  readonly conf?: string;
  /**
   * So many seconds on battery lead to the shutdown. `upssched`: by upssched.conf for both (START-TIMER at ONBATT,
   * CANCEL-TIMER at ONLINE, a script that forces the shutdown and notes TIMER). `settings`: for ours by its own Shutdown
   * Timer, for upsmon as before.
   */
  readonly timer?: { readonly by: 'upssched' | 'settings'; readonly seconds: number };
  readonly happenings: readonly Happening[];
  /** Seconds to look on after the last happening. */
  readonly then: number;
  /** Notices and `SHUTDOWNCMD` in their order, as both tell them. */
  readonly both: readonly string[];
  /** What ours tells beside them, at which place, and why. */
  readonly ours?: { readonly tells: readonly string[]; readonly because: string; readonly isSooner?: true };
}

const NEWER = 'a notice of NUT 2.8.1 and later, which Debian’s 2.8.0 does not have';
const FSD_TOLD = 'since NUT 2.8.5 a primary gives the notice for the FSD that it sets itself';
const GOES_ON =
  'upsmon ends after SHUTDOWNCMD; this program is the server as well and goes on watching until it is ended';

const TIMER_SECONDS = 6;
const NO_SCRIPT = 'the Shutdown Timer is the program’s own: there is no script to run';

const UPSSCHED: readonly Scenario[] = [
  {
    name: 'the timer of upssched runs out',
    role: 'primary',
    timer: { by: 'upssched', seconds: TIMER_SECONDS },
    happenings: [[1, { status: 'OB' }]],
    then: 12,
    both: ['ONBATT', 'TIMER', 'SHUTDOWN', 'SHUTDOWNCMD'],
    ours: { tells: ['ONBATT', 'TIMER', 'FSD', 'SHUTDOWN', 'SHUTDOWNCMD'], because: FSD_TOLD },
  },
  {
    name: 'power returns before the timer of upssched',
    role: 'primary',
    timer: { by: 'upssched', seconds: TIMER_SECONDS },
    happenings: [
      [1, { status: 'OB' }],
      [3, { status: 'OL' }],
    ],
    then: 8,
    both: ['ONBATT', 'ONLINE'],
  },
  {
    name: 'two short outages, each shorter than the timer of upssched',
    role: 'primary',
    timer: { by: 'upssched', seconds: TIMER_SECONDS },
    happenings: [
      [1, { status: 'OB' }],
      [3, { status: 'OL' }],
      [3, { status: 'OB' }],
      [3, { status: 'OL' }],
    ],
    then: 8,
    both: ['ONBATT', 'ONLINE', 'ONBATT', 'ONLINE'],
  },
  {
    name: 'low battery before the timer of upssched, which runs on',
    role: 'primary',
    timer: { by: 'upssched', seconds: 12 },
    happenings: [
      [1, { status: 'OB' }],
      [3, { status: 'OB LB' }],
    ],
    then: 14,
    both: ['ONBATT', 'LOWBATT', 'SHUTDOWN', 'SHUTDOWNCMD', 'TIMER'],
    ours: { tells: ['ONBATT', 'LOWBATT', 'FSD', 'SHUTDOWN', 'SHUTDOWNCMD', 'TIMER'], because: FSD_TOLD },
  },
];

/** The same with our own timer; nobody is told that it ran out but by the shutdown. */
const SHUTDOWN_TIMER = UPSSCHED.map((scenario): Scenario => {
  const { name, timer, both, ours } = scenario;
  const withoutTimer = (told: readonly string[]): readonly string[] => told.filter((what) => what !== 'TIMER');
  const told = withoutTimer(ours?.tells ?? both);
  const isTimerTold = both.includes('TIMER');
  return {
    ...scenario,
    name: name.replace('the timer of upssched', 'the Shutdown Timer').replace(', which runs on', ''),
    timer: { by: 'settings', seconds: timer?.seconds ?? TIMER_SECONDS },
    ...(ours || isTimerTold
      ? {
          ours: {
            tells: told,
            because: [ours?.because, isTimerTold ? NO_SCRIPT : undefined].filter(Boolean).join('; '),
          },
        }
      : {}),
  };
});

export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'power fails and returns before anything happens',
    role: 'primary',
    happenings: [
      [1, { status: 'OB' }],
      [4, { status: 'OL' }],
    ],
    then: 4,
    both: ['ONBATT', 'ONLINE'],
  },
  {
    name: 'two short outages',
    role: 'primary',
    happenings: [
      [1, { status: 'OB' }],
      [3, { status: 'OL' }],
      [3, { status: 'OB' }],
      [3, { status: 'OL' }],
    ],
    then: 4,
    both: ['ONBATT', 'ONLINE', 'ONBATT', 'ONLINE'],
  },
  {
    name: 'on battery until the battery is low',
    role: 'primary',
    happenings: [
      [1, { status: 'OB' }],
      [3, { status: 'OB LB' }],
    ],
    then: 6,
    both: ['ONBATT', 'LOWBATT', 'SHUTDOWN', 'SHUTDOWNCMD'],
    ours: { tells: ['ONBATT', 'LOWBATT', 'FSD', 'SHUTDOWN', 'SHUTDOWNCMD'], because: FSD_TOLD },
  },
  {
    name: 'low battery on line',
    role: 'primary',
    happenings: [[1, { status: 'OL LB' }]],
    then: 8,
    both: ['LOWBATT'],
  },
  {
    name: 'low battery on line, then power fails',
    role: 'primary',
    happenings: [
      [1, { status: 'OL LB' }],
      [3, { status: 'OB LB' }],
    ],
    then: 6,
    both: ['LOWBATT', 'ONBATT', 'SHUTDOWN', 'SHUTDOWNCMD'],
    ours: { tells: ['LOWBATT', 'ONBATT', 'FSD', 'SHUTDOWN', 'SHUTDOWNCMD'], because: FSD_TOLD },
  },
  {
    name: 'contact lost on battery',
    role: 'primary',
    happenings: [
      [1, { status: 'OB' }],
      [3, { do: 'stop-driver' }],
    ],
    then: 12,
    both: ['ONBATT', 'COMMBAD', 'NOCOMM', 'SHUTDOWN', 'SHUTDOWNCMD'],
    ours: {
      tells: ['ONBATT', 'COMMBAD', 'NOCOMM', 'FSD', 'SHUTDOWN', 'SHUTDOWNCMD', 'NOCOMM'],
      because: `${FSD_TOLD}; ${GOES_ON}`,
    },
  },
  {
    name: 'contact lost on battery and found in time',
    role: 'primary',
    happenings: [
      [1, { status: 'OB' }],
      [3, { do: 'stop-driver' }],
      [2, { do: 'start-driver' }],
      [2, { status: 'OL' }],
    ],
    then: 6,
    both: ['ONBATT', 'COMMBAD', 'COMMOK', 'ONLINE'],
  },
  {
    name: 'contact lost on line',
    role: 'primary',
    happenings: [[1, { do: 'stop-driver' }]],
    then: 10,
    both: ['COMMBAD', 'NOCOMM', 'NOCOMM'],
  },
  {
    name: 'contact lost on line and found again',
    role: 'primary',
    happenings: [
      [1, { do: 'stop-driver' }],
      [2, { do: 'start-driver' }],
    ],
    then: 5,
    both: ['COMMBAD', 'COMMOK'],
  },
  {
    name: 'the UPS is swapped for one whose battery is worn out',
    role: 'primary',
    happenings: [
      [1, { do: 'stop-driver' }],
      [1, { status: 'OL RB' }],
      [1, { do: 'start-driver' }],
    ],
    then: 3,
    both: ['COMMBAD', 'COMMOK', 'REPLBATT'],
  },
  {
    name: 'calibration',
    role: 'primary',
    happenings: [
      [1, { status: 'OB CAL' }],
      [3, { status: 'OB LB CAL' }],
      [5, { status: 'OL' }],
    ],
    then: 4,
    both: ['ONBATT', 'CAL', 'LOWBATT', 'ONLINE'],
    ours: { tells: ['ONBATT', 'CAL', 'LOWBATT', 'ONLINE', 'NOTCAL'], because: NEWER },
  },
  {
    name: 'battery to be replaced',
    role: 'primary',
    happenings: [[1, { status: 'OL RB' }]],
    then: 8,
    both: ['REPLBATT', 'REPLBATT'],
  },
  {
    name: 'battery low when the monitor starts',
    role: 'primary',
    first: 'OB LB',
    happenings: [],
    then: 7,
    both: ['LOWBATT', 'ONBATT', 'SHUTDOWN', 'SHUTDOWNCMD'],
    ours: { tells: ['LOWBATT', 'ONBATT', 'FSD', 'SHUTDOWN', 'SHUTDOWNCMD'], because: FSD_TOLD },
  },
  {
    name: 'on battery when the monitor starts',
    role: 'primary',
    first: 'OB',
    happenings: [[3, { status: 'OL' }]],
    then: 4,
    both: ['ONBATT', 'ONLINE'],
  },
  {
    name: 'a secondary that logs out in time',
    role: 'primary',
    happenings: [
      [0, { do: 'log-in' }],
      [1, { status: 'OB LB' }],
      [3, { do: 'log-out' }],
    ],
    then: 6,
    both: ['ONBATT', 'LOWBATT', 'SHUTDOWN', 'SHUTDOWNCMD'],
    ours: {
      tells: ['ONBATT', 'LOWBATT', 'FSD', 'SHUTDOWN_HOSTSYNC', 'SHUTDOWN', 'SHUTDOWNCMD'],
      because: `${FSD_TOLD}; SHUTDOWN_HOSTSYNC is newer too`,
    },
  },
  {
    name: 'a secondary that never logs out',
    role: 'primary',
    happenings: [
      [0, { do: 'log-in' }],
      [1, { status: 'OB LB' }],
    ],
    then: 12,
    both: ['ONBATT', 'LOWBATT', 'SHUTDOWN', 'SHUTDOWNCMD'],
    ours: {
      tells: ['ONBATT', 'LOWBATT', 'FSD', 'SHUTDOWN_HOSTSYNC', 'SHUTDOWN', 'SHUTDOWNCMD'],
      because: `${FSD_TOLD}; SHUTDOWN_HOSTSYNC is newer too`,
    },
  },
  {
    name: 'power returns after FSD',
    role: 'primary',
    happenings: [
      [0, { do: 'log-in' }],
      [1, { status: 'OB LB' }],
      [3, { status: 'OL' }],
    ],
    then: 9,
    both: ['ONBATT', 'LOWBATT', 'SHUTDOWN', 'SHUTDOWNCMD'],
    ours: {
      tells: ['ONBATT', 'LOWBATT', 'FSD', 'SHUTDOWN_HOSTSYNC', 'SHUTDOWN', 'SHUTDOWNCMD', 'ONLINE'],
      because: `${FSD_TOLD}; SHUTDOWN_HOSTSYNC is newer too; ${GOES_ON}`,
    },
  },
  {
    name: 'FSD from another primary',
    role: 'secondary',
    happenings: [[1, { do: 'fsd' }]],
    then: 6,
    both: ['FSD', 'SHUTDOWN', 'SHUTDOWNCMD'],
  },
  {
    name: 'FSD from another primary, on battery',
    role: 'secondary',
    happenings: [
      [1, { status: 'OB' }],
      [3, { do: 'fsd' }],
    ],
    then: 6,
    both: ['ONBATT', 'FSD', 'SHUTDOWN', 'SHUTDOWNCMD'],
  },
  {
    name: 'low battery and a primary that says nothing',
    role: 'secondary',
    happenings: [
      [1, { status: 'OB' }],
      [2, { status: 'OB LB' }],
    ],
    then: 10,
    both: ['ONBATT', 'LOWBATT', 'SHUTDOWN', 'SHUTDOWNCMD'],
  },
  {
    name: 'low battery that passes before HOSTSYNC',
    role: 'secondary',
    happenings: [
      [1, { status: 'OB LB' }],
      [2, { status: 'OB' }],
      [3, { status: 'OL' }],
    ],
    then: 4,
    both: ['ONBATT', 'LOWBATT', 'ONLINE'],
  },
  {
    name: 'a secondary that starts while the battery is low',
    role: 'secondary',
    first: 'OB LB',
    happenings: [],
    then: 6,
    both: ['LOWBATT', 'ONBATT', 'SHUTDOWN', 'SHUTDOWNCMD'],
    ours: {
      tells: ['LOWBATT', 'ONBATT', 'SHUTDOWN', 'SHUTDOWNCMD'],
      because: 'at once, as NUT 2.8.5 does; 2.8.0 waits HOSTSYNC',
      isSooner: true,
    },
  },
  {
    name: 'the server is lost on battery',
    role: 'secondary',
    happenings: [
      [1, { status: 'OB' }],
      [3, { do: 'stop-server' }],
    ],
    then: 12,
    both: ['ONBATT', 'COMMBAD', 'NOCOMM', 'SHUTDOWN', 'SHUTDOWNCMD'],
    ours: { tells: ['ONBATT', 'COMMBAD', 'NOCOMM', 'SHUTDOWN', 'SHUTDOWNCMD', 'NOCOMM'], because: GOES_ON },
  },
  {
    name: 'the server is started anew in mid-outage',
    role: 'secondary',
    happenings: [
      [1, { status: 'OB' }],
      [3, { do: 'stop-server' }],
      [1, { do: 'start-server' }],
      [4, { status: 'OL' }],
    ],
    then: 5,
    both: ['ONBATT', 'COMMBAD', 'COMMOK', 'ONLINE'],
  },
  {
    name: 'two UPSes, MINSUPPLIES 1, one battery low',
    role: 'primary',
    hasTwo: true,
    happenings: [
      [1, { status: 'OB LB' }],
      [4, { status: 'OL' }],
    ],
    then: 4,
    both: ['ONBATT', 'LOWBATT', 'ONLINE'],
  },
  {
    name: 'two UPSes, MINSUPPLIES 2, one battery low',
    role: 'primary',
    hasTwo: true,
    conf: 'MINSUPPLIES 2',
    happenings: [[1, { status: 'OB LB' }]],
    then: 6,
    both: ['ONBATT', 'LOWBATT', 'SHUTDOWN', 'SHUTDOWNCMD'],
    ours: { tells: ['ONBATT', 'LOWBATT', 'FSD', 'FSD', 'SHUTDOWN', 'SHUTDOWNCMD'], because: FSD_TOLD },
  },
  {
    name: 'two UPSes, one lost on line, the other low',
    role: 'primary',
    hasTwo: true,
    happenings: [
      [1, { do: 'stop-driver' }],
      // Between the moment at which contact is lost and the one at which that is told again.
      [2, { status: 'OB LB', of: 'b' }],
    ],
    then: 5,
    both: ['COMMBAD', 'ONBATT', 'LOWBATT', 'NOCOMM'],
  },
  ...UPSSCHED,
  ...SHUTDOWN_TIMER,
];
