/** For the tests of moving in and out: configurations of elsewhere, and what becomes of them. */
import { textIn } from '#domain/messages/message.ts';
import { Settings } from '#domain/schema/settings/settings.ts';
import { describeFieldProblem } from './check-settings.ts';
import { withoutRepeaters } from './local-repeaters.ts';
import { moveIn, type Moved } from './move-in.ts';
import type { ConfFolder } from './nut-conf/conf-folder.ts';
import { Problems } from './nut-conf/problem.ts';
import { readNutConf } from './nut-conf/read-nut-conf.ts';
import { writeNutFiles } from './nut-files.ts';
import { fromNutConf, readOutageTimers } from './nut-to-settings.ts';
import { toNutConf } from './settings-to-nut.ts';
import { fromTrueNas } from './truenas-to-settings.ts';

export const NONE = Settings.parse({});
let count = 0;
export const newId = (): string => `id${(count += 1)}`;
export const notesOf = ({ notes }: Moved): string[] => notes.map((note) => textIn(note) ?? '');
export const errorsOf = (moved: Moved, before = NONE): string[] =>
  moveIn(before, moved, newId)
    .problems.filter(({ severity }) => severity === 'error')
    .map((problem) => describeFieldProblem(problem));
export const settingsOf = (moved: Moved, before = NONE): Settings => moveIn(before, moved, newId).settings;

/** Files as a folder that is nowhere on disk. */
export const folderOf = (files: Readonly<Record<string, string>>): ConfFolder => ({
  pathOf: (name) => `/conf/${name}`,
  read: (name) =>
    Promise.resolve(
      files[name] === undefined ? undefined : { bytes: Buffer.from(files[name]), isWorldReadable: false },
    ),
});
export async function fromFiles(files: Readonly<Record<string, string>>): Promise<Moved> {
  const conf = await readNutConf(folderOf(files));
  const timers = readOutageTimers(Buffer.from(files['upssched.conf'] ?? ''), new Problems('upssched.conf'));
  return fromNutConf({ conf: withoutRepeaters(conf), folder: '/conf', timers });
}
export const filesOf = (settings: Settings): Record<string, string> =>
  Object.fromEntries(writeNutFiles(toNutConf(settings).conf, settings, '/conf').map(({ name, text }) => [name, text]));

/** What `midclt call ups.config` prints, as it is after the installation. */
export const TRUENAS = {
  id: 1,
  identifier: 'ups',
  mode: 'MASTER',
  driver: 'usbhid-ups$Back-UPS ES 850G2',
  remotehost: '',
  port: 'auto',
  remoteport: 3493,
  shutdown: 'BATT',
  shutdowntimer: 30,
  shutdowncmd: null,
  powerdown: false,
  nocommwarntime: null,
  hostsync: 15,
  description: '',
  options: '',
  optionsupsd: '',
  monuser: 'upsmon',
  monpwd: 'my-pw',
  extrausers: '',
  rmonitor: false,
  complete_identifier: 'ups@localhost:3493',
};
export const truenas = (change: Readonly<Record<string, unknown>>): Moved =>
  fromTrueNas(JSON.stringify({ ...TRUENAS, ...change }), 'ups.json');
