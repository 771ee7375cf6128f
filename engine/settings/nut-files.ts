/** Settings as a plain NUT configuration: the files from which `upsd`, the drivers and `upsmon` start. */
import type { Settings, UpsSettings } from '#domain/schema/settings/settings.ts';
import { DEFAULT_NUT_HOST, formatUpsAddress } from '#engine/nut/ups-address.ts';
import { quote } from '#engine/nut/words.ts';
import { withRepeaters } from './local-repeaters.ts';
import type { NotifyFlag } from './nut-conf/notify-types.ts';
import type { NutConf, UpsmonConf } from './nut-conf/nut-conf.ts';
import { writeNutFileConf } from './nut-conf/nut-file-conf.ts';
import { writeUpsConf } from './nut-conf/ups-conf.ts';
import { writeUpsdConf } from './nut-conf/upsd-conf.ts';
import { writeUpsdUsers } from './nut-conf/upsd-users.ts';
import { writeUpsmonConf } from './nut-conf/upsmon-conf.ts';

export interface NutFile {
  readonly name: string;
  readonly text: string;
  /** A script. */
  readonly isProgram?: true;
}

/** Where a NUT of a Linux distribution has its files and programs. */
const NUT_FOLDER = '/etc/nut';
const UPSSCHED = '/sbin/upssched';
const SCRIPT = 'upssched-cmd';

/**
 * Secondaries of other servers have no server of their own, as NUT has it.
 * @param folder where the files will be
 */
export function writeNutFiles(conf: NutConf, { ups, server }: Settings, folder = NUT_FOLDER): NutFile[] {
  const timed = ups.filter(({ shutdown, shutdownaction }) => shutdown === 'BATT' && shutdownaction !== 'nothing');
  const upsmon = timed.length === 0 || !conf.upsmon ? conf.upsmon : withTimers(conf.upsmon);
  const isServer = conf.nut.mode === 'netserver';
  return [
    { name: 'nut.conf', text: writeNutFileConf(conf.nut) },
    ...(isServer
      ? [
          { name: 'ups.conf', text: writeUpsConf(withRepeaters(conf.ups, server.remoteport)) },
          { name: 'upsd.conf', text: writeUpsdConf(conf.upsd) },
          { name: 'upsd.users', text: writeUpsdUsers(conf.users) },
        ]
      : []),
    ...(upsmon && upsmon.monitors.length > 0 ? [{ name: 'upsmon.conf', text: writeUpsmonConf(upsmon) }] : []),
    ...(timed.length > 0
      ? [
          { name: 'upssched.conf', text: upsschedConf(timed, server, folder) },
          { name: SCRIPT, text: script(timed, server), isProgram: true as const },
        ]
      : []),
  ];
}

const EXECUTED: readonly NotifyFlag[] = ['SYSLOG', 'WALL', 'EXEC'];

const withTimers = (upsmon: UpsmonConf): UpsmonConf => ({
  ...upsmon,
  notifyCmd: [UPSSCHED],
  notifyFlag: { ...upsmon.notifyFlag, ONBATT: EXECUTED, ONLINE: EXECUTED },
});

/** The UPS as its MONITOR line names it: upssched compares to the letter. */
const systemOf = ({ mode, identifier, remotehost, remoteport }: UpsSettings, server: Settings['server']): string =>
  formatUpsAddress(
    mode === 'MASTER'
      ? { ups: identifier, host: DEFAULT_NUT_HOST, port: server.remoteport }
      : { ups: identifier, host: remotehost, port: remoteport },
  );

const timerOf = ({ identifier }: UpsSettings): string => `shutdown-${identifier}`;

function upsschedConf(timed: readonly UpsSettings[], server: Settings['server'], folder: string): string {
  const lines = timed.flatMap((ups) => {
    const system = quote(systemOf(ups, server));
    return [
      `AT ONBATT ${system} START-TIMER ${timerOf(ups)} ${ups.shutdowntimer}`,
      `AT ONLINE ${system} CANCEL-TIMER ${timerOf(ups)}`,
    ];
  });
  return [
    `CMDSCRIPT ${quote(`${folder}/${SCRIPT}`)}`,
    'PIPEFN /run/nut/upssched.pipe',
    'LOCKFN /run/nut/upssched.lock',
    ...lines,
    '',
  ].join('\n');
}

function script(timed: readonly UpsSettings[], server: Settings['server']): string {
  const cases = timed.map((ups) =>
    [
      `  ${timerOf(ups)})`,
      '    # A UPS that is back on line is no reason any more.',
      `    case " $(upsc '${systemOf(ups, server)}' ups.status 2>/dev/null) " in`,
      "      *' OL '*) exit 0 ;;",
      '    esac',
      '    exec upsmon -c fsd',
      '    ;;',
    ].join('\n'),
  );
  return [
    '#!/bin/sh',
    '# upssched calls this with the name of a timer that ran out.',
    'case "$1" in',
    ...cases,
    'esac',
    '',
  ].join('\n');
}
