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
  /** The service of systemd or Windows it belongs to. */
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

/**
 * The first that fits counts. tasklist tells no folders, so on Windows the name of the file or of its service has to say
 * it. Sources: the makers' guides of installation, which name programs and services.
 */
const KNOWN: readonly Known[] = [
  { title: 'Powercom UPSMON', command: /upsmon[ _-]?(?:plus|pro)|upsmonservice/i, effect: 'holds-unit-and-shuts-down' },
  { title: 'NUT upsd', names: ['upsd'], effect: 'serves' },
  { title: 'NUT upsmon', names: ['upsmon'], effect: 'shuts-down' },
  { title: 'apcupsd', names: ['apcupsd'], effect: 'holds-unit-and-shuts-down' },
  {
    title: 'CyberPower PowerPanel',
    names: ['pwrstatd', 'ppbed', 'ppbe', 'ppped', 'ppuser', 'pppservicemonitor'],
    effect: 'holds-unit-and-shuts-down',
  },
  { title: 'CyberPower PowerPanel', command: /powerpanel/i, effect: 'holds-unit-and-shuts-down' },
  // It asks a network card, and leaves USB alone.
  {
    title: 'APC PowerChute Network Shutdown',
    command: /powerchute.*\bpcns|pcns\.jar|\bpcns\d?$/i,
    effect: 'shuts-down',
  },
  { title: 'APC PowerChute', names: ['pbeagent', 'mainserv', 'dataserv'], effect: 'holds-unit-and-shuts-down' },
  { title: 'APC PowerChute', command: /powerchute|\bapcpbeagent\b/i, effect: 'holds-unit-and-shuts-down' },
  // The Intelligent Power Manager is the same program.
  { title: 'Eaton Intelligent Power Protector', names: ['mc2'], effect: 'holds-unit-and-shuts-down' },
  {
    title: 'Eaton Intelligent Power Protector',
    command: /intelligent ?power ?(?:protector|manager)/i,
    effect: 'holds-unit-and-shuts-down',
  },
  { title: 'Eaton UPS Companion', command: /eatonupscompanion|ups ?companion/i, effect: 'holds-unit-and-shuts-down' },
  { title: 'Tripp Lite PowerAlert', command: /poweralert/i, effect: 'holds-unit-and-shuts-down' },
  { title: 'Riello PowerShield', command: /powershield/i, effect: 'holds-unit-and-shuts-down' },
  { title: 'ViewPower', command: /viewpower/i, effect: 'holds-unit-and-shuts-down' },
  { title: 'WinPower', command: /winpower/i, effect: 'holds-unit-and-shuts-down' },
  { title: 'SmartWare', command: /\bsmartware/i, effect: 'holds-unit-and-shuts-down' },
  {
    title: 'UPSilon',
    names: ['upsilon', 'upsilon2000', 'rupsd', 'rups2000'],
    effect: 'holds-unit-and-shuts-down',
  },
  { title: 'WinNUT', names: ['winnut', 'winnut-client', 'winnut_client'], effect: 'shuts-down' },
];

const SHELLS_AND_EDITORS = /^(?:ba|da|z|fi)?sh$|^(?:less|more|vim?|nano|grep|tail|journalctl|sudo|man)$/;

/**
 * @param own id of this program's process: drivers that it started itself are none
 */
export function findNeighbours(
  programs: readonly RunningProgram[],
  own: number,
  platform: NodeJS.Platform,
): readonly Neighbour[] {
  const ours = descendantsOf([own, ...programs.filter(isRidethrough).map(({ pid }) => pid)], programs);
  const found = new Map<string, RunningProgram[]>();
  for (const program of programs) {
    if (ours.has(program.pid) || SHELLS_AND_EDITORS.test(program.name)) continue;
    const known = knownAs(program);
    if (!known) continue;
    const id = `${known.title} ${program.unit ?? program.name}`.toLowerCase();
    found.set(id, [...(found.get(id) ?? []), program]);
  }
  return [...found].flatMap(([id, running]) => told(id, running, platform) ?? []);
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
function told(id: string, running: readonly RunningProgram[], platform: NodeJS.Platform): Neighbour | undefined {
  const [first] = running;
  const known = first && knownAs(first);
  if (!known) return undefined;
  return {
    id,
    title: known.title,
    effect: phrase(`neighbour.${known.effect}`, {}),
    remedy: phrase(first.unit === undefined ? 'neighbour.end-program' : 'neighbour.stop-service', {}),
    command: endCommand(platform, first, running),
  };
}

/** What ends a program by hand, and where it is a service keeps it from starting again. */
function endCommand(
  platform: NodeJS.Platform,
  { name, unit }: RunningProgram,
  running: readonly RunningProgram[],
): string {
  if (platform === 'win32') {
    return unit === undefined
      ? `taskkill /f /im "${name}.exe"`
      : `powershell -Command "Stop-Service -Force '${unit}'; Set-Service '${unit}' -StartupType Disabled"`;
  }
  if (unit === undefined) return `sudo kill ${running.map(({ pid }) => pid).join(' ')}`;
  return `sudo systemctl disable --now ${unitsOf(unit)}`;
}

/** A driver of NUT is started anew for every section of ups.conf, so its own service is not enough. */
function unitsOf(unit: string): string {
  // A hyphen in what stands behind @ is \x2d, and the shell takes backslashes away.
  const word = unit.includes('\\') ? `'${unit}'` : unit;
  return unit.startsWith('nut-driver@') ? `nut-driver.target ${word}` : word;
}

/** One that runs as a service is no neighbour of the one that is asked by hand, and neither is what it has started. */
const isRidethrough = ({ name, command, unit }: RunningProgram): boolean =>
  unit === 'ridethrough.service' || (/^(?:node|ridethrough)/i.test(name) && /\bridethrough\b/i.test(command));

function descendantsOf(roots: readonly number[], programs: readonly RunningProgram[]): ReadonlySet<number> {
  const found = new Set(roots);
  // A parent may stand behind its child in the list.
  for (let before = 0; before !== found.size;) {
    before = found.size;
    for (const { pid, parent } of programs) if (found.has(parent)) found.add(pid);
  }
  return found;
}
