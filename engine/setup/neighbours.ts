/**
 * Programs and rules of this computer that get in the way of a UPS program: who else drives the unit, serves it, or puts
 * the computer down. Pure: a list of what runs in, a list of what to tell out.
 */
import { phrase, type Phrase, type Text } from '#domain/messages/message.ts';
import { NUT_DRIVER_NAMES } from '#engine/drivers/nut-driver/driver-names.ts';

/** A process, as every system can tell it. */
export interface RunningProgram {
  readonly pid: number;
  readonly parent: number;
  /** File name of the program, without folder and `.exe`. */
  readonly name: string;
  /** The whole command line, where the system tells it. */
  readonly command: string;
  /** The service of systemd it belongs to. */
  readonly unit?: string;
}

/** How it gets in the way. */
type Effect = 'holds-unit' | 'holds-unit-and-shuts-down' | 'shuts-down' | 'serves';

export interface Neighbour {
  /** The same for the same program at every look. */
  readonly id: string;
  readonly title: Text;
  /** What it does. */
  readonly effect: Phrase;
  /** What to do about it. */
  readonly remedy: Phrase;
  /** That as a command, where one does it. */
  readonly command?: string;
}

interface Known {
  readonly title: string;
  /** Names of its processes, in lower case. */
  readonly names?: readonly string[];
  /** What its command line holds: programs in Java and scripts are all called the same. */
  readonly command?: RegExp;
  readonly effect: Effect;
}

/** The first that fits counts. */
const KNOWN: readonly Known[] = [
  { title: 'NUT upsd', names: ['upsd'], effect: 'serves' },
  { title: 'NUT upsmon', names: ['upsmon'], effect: 'shuts-down' },
  { title: 'apcupsd', names: ['apcupsd'], effect: 'holds-unit-and-shuts-down' },
  { title: 'CyberPower PowerPanel', names: ['pwrstatd', 'ppbed', 'ppbe'], effect: 'holds-unit-and-shuts-down' },
  { title: 'CyberPower PowerPanel', command: /powerpanel/i, effect: 'holds-unit-and-shuts-down' },
  { title: 'APC PowerChute', names: ['pbeagent', 'mainserv'], effect: 'holds-unit-and-shuts-down' },
  { title: 'APC PowerChute', command: /powerchute/i, effect: 'holds-unit-and-shuts-down' },
  { title: 'Eaton Intelligent Power Protector', names: ['mc2'], effect: 'holds-unit-and-shuts-down' },
  { title: 'Eaton UPS Companion', command: /eatonupscompanion|ups companion/i, effect: 'holds-unit-and-shuts-down' },
  { title: 'ViewPower', command: /viewpower/i, effect: 'holds-unit-and-shuts-down' },
  { title: 'WinPower', command: /winpower/i, effect: 'holds-unit-and-shuts-down' },
  { title: 'UPSilon', names: ['upsilon', 'rupsd', 'rups2000'], effect: 'holds-unit-and-shuts-down' },
  { title: 'WinNUT', names: ['winnut', 'winnut-client', 'winnut_client'], effect: 'shuts-down' },
];

const SHELLS_AND_EDITORS = /^(?:ba|da|z|fi)?sh$|^(?:less|more|vim?|nano|grep|tail|journalctl|sudo|man)$/;

/**
 * @param own id of this program's process: drivers that it started itself are none
 * @param kill how processes are ended by hand on this system
 */
export function findNeighbours(
  programs: readonly RunningProgram[],
  own: number,
  kill: (programs: readonly RunningProgram[]) => string,
): readonly Neighbour[] {
  const ours = descendantsOf(own, programs);
  const found = new Map<string, RunningProgram[]>();
  for (const program of programs) {
    if (ours.has(program.pid) || SHELLS_AND_EDITORS.test(program.name)) continue;
    const known = knownAs(program);
    if (!known) continue;
    const id = `${known.title} ${program.unit ?? program.name}`.toLowerCase();
    found.set(id, [...(found.get(id) ?? []), program]);
  }
  return [...found].flatMap(([id, running]) => told(id, running, kill) ?? []);
}

function knownAs({ name, command }: RunningProgram): Pick<Known, 'title' | 'effect'> | undefined {
  const lower = name.toLowerCase();
  const known = KNOWN.find(
    ({ names, command: pattern }) => names?.includes(lower) === true || pattern?.test(command) === true,
  );
  if (known) return known;
  const isDriver = NUT_DRIVER_NAMES.includes(lower) && !SHARED_NAMES.has(lower);
  return isDriver ? { title: `NUT ${lower}`, effect: 'holds-unit' } : undefined;
}

/** Names of drivers that say little by themselves: other programs may well be called so. */
const SHARED_NAMES: ReadonlySet<string> = new Set(['clone', 'failover', 'rhino', 'safenet', 'solis', 'skel']);

/** @param running processes of one program, all of one service or of none */
function told(
  id: string,
  running: readonly RunningProgram[],
  kill: (programs: readonly RunningProgram[]) => string,
): Neighbour | undefined {
  const [first] = running;
  const known = first && knownAs(first);
  if (!known) return undefined;
  const { unit } = first;
  return {
    id,
    title: known.title,
    effect: phrase(`neighbour.${known.effect}`, {}),
    remedy: unit === undefined ? phrase('neighbour.end-program', {}) : phrase('neighbour.stop-service', {}),
    command: unit === undefined ? kill(running) : `sudo systemctl disable --now ${unitsOf(unit)}`,
  };
}

/** A driver of NUT is started anew for every section of ups.conf, so its own service is not enough. */
const unitsOf = (unit: string): string => (unit.startsWith('nut-driver@') ? `nut-driver.target ${unit}` : unit);

function descendantsOf(own: number, programs: readonly RunningProgram[]): ReadonlySet<number> {
  const found = new Set([own]);
  // A parent may stand behind its child in the list.
  for (let before = 0; before !== found.size;) {
    before = found.size;
    for (const { pid, parent } of programs) if (found.has(parent)) found.add(pid);
  }
  return found;
}

/** Up to this charge the desktop acts later than any sensible rule of ours. */
const LATE_PERCENT = 5;

/**
 * UPower puts the computer down by itself when the battery of a UPS is at its action level.
 * @param conf text of UPower.conf; what it leaves out is as UPower has it
 * @returns undefined where it does so too late to be in the way
 */
export function upowerNeighbour(conf: string): Neighbour | undefined {
  const setting = (name: string): string | undefined => new RegExp(`^\\s*${name}\\s*=\\s*(\\S+)`, 'm').exec(conf)?.[1];
  const percent = Number(setting('PercentageAction') ?? LATE_PERCENT);
  if (!(percent > LATE_PERCENT) || setting('CriticalPowerAction') === 'Ignore') return undefined;
  return {
    id: 'upower',
    title: 'UPower',
    effect: phrase('neighbour.upower', { percent }),
    remedy: phrase('neighbour.upower.fix', {}),
    command:
      "sudo sed -i 's/^PercentageAction=.*/PercentageAction=2/' /etc/UPower/UPower.conf && sudo systemctl restart upower",
  };
}
