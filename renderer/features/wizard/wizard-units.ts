/** From what is attached to UPSes of the settings. Pure. */
import type { FoundDevice } from '#domain/contract.ts';
import { freeName } from '../settings/client-cards.ts';
import { newUps, type UpsDraft } from '../settings/fields.ts';
import { pinsIn, withPins } from '../settings/pin-unit.ts';

/** Long enough for a short cut to pass and to save one's work, short enough for any battery. */
const PROPOSED_TIMER_SECONDS = 300;

/** A UPS as the wizard begins with it: the first one on USB. @param id given once, for ever */
export const proposedUps = (id: string, taken: readonly string[] = []): UpsDraft => ({
  ...newUps(id, freeName('ups', new Set(taken.map((name) => name.toLowerCase())))),
  shutdown: 'BATT',
  shutdowntimer: PROPOSED_TIMER_SECONDS,
});

/**
 * Ids for UPSes that are new. They are the same in every window, so that two who set a computer up at once mean the same
 * UPS and not one each.
 * @param taken ids that UPSes have already
 */
export function idsBeside(taken: readonly string[]): () => string {
  const used = new Set(taken);
  return () => {
    let number = 1;
    while (used.has(`ups-${number}`)) number += 1;
    used.add(`ups-${number}`);
    return `ups-${number}`;
  };
}

/** `Back-UPS ES 700`, without the ids that stand behind it, and without the firmware that APC puts into its names. */
export function nameOfUnit({ title }: FoundDevice): string {
  const [, name = title, ids = ''] = /^(.*?)\s*\(([0-9a-f]{4}:[0-9a-f]{4})\)$/i.exec(title) ?? [];
  // One that says nothing of itself.
  if (name === 'device') return `UPS ${ids}`;
  return name.replace(/ (?:USB )?FW:.*$/, '');
}

/**
 * UPSes of the settings for units that were chosen. Of several each is pinned to its own; a single one may be exchanged
 * for another without anybody having to come here again.
 */
export function upsesFor(
  chosen: readonly FoundDevice[],
  attached: readonly FoundDevice[],
  makeId: () => string,
): readonly UpsDraft[] {
  const upses: UpsDraft[] = [];
  for (const unit of chosen) {
    const ups = proposedUps(
      makeId(),
      upses.map(({ identifier }) => identifier),
    );
    const name = nameOfUnit(unit);
    upses.push({
      ...ups,
      description: /^\P{Cc}{1,120}$/u.test(name) ? name : '',
      options: attached.length > 1 ? withPins('', unit.selectors) : '',
    });
  }
  return upses;
}

/** A UPS whose cable is at another computer. */
export const remoteUps = (id: string): UpsDraft => ({
  ...proposedUps(id),
  mode: 'SLAVE',
  driver: '',
  port: '',
});

/** What belongs to a unit and its cable, and to nothing that somebody decided. */
const OF_THE_UNIT = [
  'id',
  'mode',
  'driver',
  'port',
  'options',
  'description',
  'remotehost',
  'remoteport',
  'monuser',
  'monpwd',
] as const;

/**
 * UPSes that are chosen in place of others: what was decided before (the name, the timer, the addresses) goes on for
 * them.
 * @param before the first of those that were chosen until now
 */
export function withDecisions(chosen: readonly UpsDraft[], before: UpsDraft | undefined): readonly UpsDraft[] {
  if (!before) return chosen;
  const [first] = chosen;
  // The UPS of another computer has the name that it has there.
  const keepsName = before.mode === 'MASTER' && first?.mode === 'MASTER';
  // An alias is of one UPS.
  const aliases = keepsName ? before.aliases : [];
  const taken = new Set(aliases.map((alias) => alias.toLowerCase()));
  return chosen.map((ups) => {
    const own = Object.fromEntries(OF_THE_UNIT.map((key) => [key, ups[key]]));
    const wanted = ups === first && keepsName ? before.identifier : ups.identifier;
    const identifier = freeName(wanted, taken);
    taken.add(identifier.toLowerCase());
    return { ...before, ...own, identifier, aliases: ups === first ? aliases : [] };
  });
}

/** Whether a UPS of the settings stands for a unit that was found. */
export function standsFor(ups: UpsDraft, unit: FoundDevice, attached: readonly FoundDevice[]): boolean {
  if (ups.mode !== 'MASTER' || ups.driver !== 'usbhid-ups') return false;
  const pins = pinsIn(ups.options);
  if (pins.length === 0) return attached.length === 1;
  return pins.join('\n') === pinsIn(unit.selectors.join('\n')).join('\n');
}

/** The line of the udev rule that gives the right to a unit; undefined where its ids are not known. */
export function ruleLine({ selectors }: FoundDevice): string | undefined {
  const id = (name: string): string | undefined =>
    new RegExp(`^\\s*${name}\\s*=\\s*"?([0-9a-f]{4})"?\\s*$`, 'im').exec(selectors.join('\n'))?.[1]?.toUpperCase();
  const [vendor, product] = [id('vendorid'), id('productid')];
  if (vendor === undefined || product === undefined) return undefined;
  return `SUBSYSTEM=="hidraw", KERNELS=="0003:${vendor}:${product}.*", MODE="0660", GROUP="ridethrough", TAG+="uaccess"`;
}
