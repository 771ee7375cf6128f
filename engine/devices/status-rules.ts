/** Closed registry of status rules that look at more than one code. They answer in the words of status-tables.ts. */
import type { StatusRuleName } from '#domain/schema/device-definition.ts';
import { driverNote } from '#engine/drivers/driver.ts';
import type { StatusCondition } from '#engine/state/status-condition.ts';
import type { ConversionContext, Reading } from './converters/conversion.ts';

export interface StatusRule {
  /** One line: what it decides. */
  readonly meaning: string;
  /** Report that must be read beside the one of the field. */
  readonly report?: number;
  /** @returns status words, empty when it has nothing to say */
  readonly words: (
    reading: Reading,
    context: ConversionContext,
    has: (condition: StatusCondition) => boolean,
  ) => string;
}

const EVER_MODE_REPORT = 74;

export const STATUS_RULES: Readonly<Record<StatusRuleName, StatusRule>> = {
  'eaton-charging': {
    meaning:
      'charging flag; not believed at 100 % (constant-charge 5E keep it set), replaced by the managed charger state',
    words({ logical }, context) {
      if (context.memory.eatonAbm === true || logical !== 1) return '!chrg';
      if ((context.number('battery.charge') ?? 0) < 100) return 'chrg';
      context.remark(driverNote('charging-when-full', {}));
      return '!chrg';
    },
  },
  'eaton-discharging': {
    meaning: 'discharging flag, replaced by the managed charger state where there is one',
    words: ({ logical }, { memory }) => (memory.eatonAbm !== true && logical === 1 ? 'dischrg' : '!dischrg'),
  },
  'eaton-abm-flow-by-mode': {
    meaning: 'charging and discharging of a managed charger as Charger.Mode counts them',
    words({ logical }, { memory }) {
      if (memory.eatonAbm !== true) return '';
      return logical === 1 || logical === 3 ? 'chrg' : logical === 2 ? 'dischrg' : '';
    },
  },
  'eaton-abm-flow-by-status': {
    meaning: 'charging and discharging of a managed charger as Charger.Status counts them',
    words({ logical }, { memory }) {
      if (memory.eatonAbm !== true) return '';
      return logical === 1 || logical === 2 ? 'chrg' : logical === 4 ? 'dischrg' : '';
    },
  },
  'eaton-converter-online': {
    meaning: 'the line feeds the converter; says nothing while the output is off',
    words: ({ logical }, _context, has) => (has('off') ? '' : logical === 0 ? '!online' : 'online'),
  },
  'ever-on-off': {
    meaning: 'output on in the work modes online and on battery (report 74)',
    report: EVER_MODE_REPORT,
    words(_reading, context) {
      const mode = context.report(EVER_MODE_REPORT)?.[1];
      if (mode === undefined) return '';
      return mode === 4 || mode === 8 ? '!off' : 'off';
    },
  },
};
