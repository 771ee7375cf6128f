/**
 * Closed registry: what a code says about the conditions of a UPS. A word sets a condition, a word with `!` clears it.
 * Source of words and codes: nut-facts statusBits and conversions; HID Power Devices 4.1.7 and 4.2.5 for the flags.
 */
import type { StatusTableName } from '#domain/schema/device-definition.ts';
import { STATUS_CONDITIONS, type StatusCondition } from '#engine/state/status-condition.ts';
import type { CodeTexts } from './enumerations.ts';

const flag = (condition: StatusCondition): CodeTexts => ({ '1': condition, '0': `!${condition}` });
const missing = (condition: StatusCondition): CodeTexts => ({ '1': `!${condition}`, '0': condition });

export const STATUS_TABLES: Readonly<Record<StatusTableName, CodeTexts>> = {
  'apc-line-fail-frequency': { '7': 'frange', '0': '!frange' },
  'apc-line-fail-voltage': {
    '1': 'vrange',
    '2': 'vrange',
    '4': 'vrange',
    '8': 'vrange',
    '9': 'vrange',
    '0': '!vrange',
  },
  'apc-status-flag': { '8': '!off', '16': '!off', '0': 'off' },
  awaitingpower: flag('awaitingpower'),
  'battery-present': missing('nobattery'),
  battvolthi: flag('battvolthi'),
  battvoltlo: flag('battvoltlo'),
  boost: flag('boost'),
  bypassauto: flag('bypassauto'),
  bypassman: flag('bypassman'),
  cal: flag('cal'),
  chargerfail: flag('chargerfail'),
  chrg: flag('chrg'),
  commfault: flag('commfault'),
  depleted: flag('depleted'),
  dischrg: flag('dischrg'),
  'eco-mode': { '0': '!ecomode !essmode', '1': 'ecomode !essmode', '2': 'essmode !ecomode' },
  fanfail: flag('fanfail'),
  frange: flag('frange'),
  'fully-charged': { '1': 'fullycharged', '0': 'notfullycharged' },
  good: missing('off'),
  'line-present': { '1': 'online', '0': 'offline' },
  /** No line does not mean on battery here: the discharging flag says that. */
  'line-present-only': { '1': 'online', '0': '!online' },
  lowbatt: flag('lowbatt'),
  'on-battery': { '1': '!online', '0': 'online' },
  overheat: flag('overheat'),
  overload: flag('overload'),
  replacebatt: flag('replacebatt'),
  shutdownimm: flag('shutdownimm'),
  timelimitexp: flag('timelimitexp'),
  trim: flag('trim'),
  vrange: flag('vrange'),
};

const KNOWN: ReadonlySet<string> = new Set(STATUS_CONDITIONS);
export const isStatusWord = (word: string): boolean => KNOWN.has(word.replace(/^!/, ''));

/** Conditions of which one excludes the other. */
const OPPOSITE: Partial<Readonly<Record<StatusCondition, StatusCondition>>> = {
  online: 'offline',
  offline: 'online',
  fullycharged: 'notfullycharged',
  notfullycharged: 'fullycharged',
};

/** Faults that several parts of a UPS report: one that has it is enough, whatever the next one says. */
const ANY_SUFFICES: ReadonlySet<StatusCondition> = new Set<StatusCondition>([
  'overload',
  'overheat',
  'commfault',
  'battvolthi',
  'battvoltlo',
  'chargerfail',
  'fanfail',
  'replacebatt',
]);

/** The conditions of one UPS. Rows write on it in their order; what no row speaks of stays as it was. */
export class StatusBoard {
  readonly #held = new Set<StatusCondition>();
  readonly #raised = new Set<StatusCondition>();

  /** Ends the memory of who raised what: from here on a fault may be cleared again. */
  beginPass(): void {
    this.#raised.clear();
  }

  /** @param words conditions separated by spaces, with `!` in front of those that do not hold; others are ignored */
  apply(words: string): void {
    for (const word of words.split(' ')) {
      const clears = word.startsWith('!');
      const condition = (clears ? word.slice(1) : word) as StatusCondition;
      if (!KNOWN.has(condition)) continue;
      if (clears) {
        if (!(ANY_SUFFICES.has(condition) && this.#raised.has(condition))) this.#held.delete(condition);
        continue;
      }
      this.#raised.add(condition);
      this.#held.add(condition);
      const opposite = OPPOSITE[condition];
      if (opposite !== undefined) this.#held.delete(opposite);
    }
  }

  has(condition: StatusCondition): boolean {
    return this.#held.has(condition);
  }

  /** In the order of the catalogue of conditions. */
  list(): readonly StatusCondition[] {
    return STATUS_CONDITIONS.filter((condition) => this.#held.has(condition));
  }
}
