/**
 * Makers' models and the NUT driver that speaks to each: the list a driver is chosen from. The rows are facts of NUT's
 * hardware compatibility list (`resources/hardware-list.json` names its version).
 */
import { z } from 'zod';
import { BUILT_IN_DEFINITIONS } from '#engine/devices/definitions/index.ts';
import { usbIdsOf } from '#engine/devices/usb-ids.ts';

export interface HardwareRow {
  readonly maker: string;
  readonly model: string;
  readonly driver: string;
  /** How TrueNAS writes the choice: driver, options of the model, `$`, model. */
  readonly key: string;
  /** From 1, found out by trying, to 5, made with the maker's help. */
  readonly level: number;
  /** Port, USB id, remarks; empty where there are none. */
  readonly hint: string;
}

const HardwareList = z.object({
  rows: z.array(z.tuple([z.string(), z.string(), z.string(), z.number().int().min(1).max(5), z.string()], z.string())),
});

let list: Promise<readonly HardwareRow[]> | undefined;

/** Read when it is asked for first: most runs of the program never need it. */
export const readHardwareList = (): Promise<readonly HardwareRow[]> =>
  (list ??= import('../../resources/hardware-list.json', { with: { type: 'json' } }).then(({ default: file }) => [
    ...rowsOf(HardwareList.parse(file).rows),
    ...usbRows(),
  ]));

type FileRow = z.infer<typeof HardwareList>['rows'][number];

/** One row for each driver that a model can be driven by; a model that is listed twice with one driver stands once. */
export function rowsOf(rows: readonly FileRow[]): readonly HardwareRow[] {
  const found = new Map<string, HardwareRow>();
  for (const [maker, model, column, level, hint] of rows) {
    for (const { driver, options, remark } of driversIn(column)) {
      const key = `${[driver, ...options].join(' ')}$${asAscii(model)}`;
      const before = found.get(`${maker} ${key}`);
      const hints = new Set([before?.hint, hint, remark].filter((text) => text !== undefined && text !== ''));
      found.set(`${maker} ${key}`, { maker, model, driver, key, level, hint: [...hints].join('; ') });
    }
  }
  return [...found.values()];
}

/** A published protocol, as a level of the list: that of HID power devices. */
const LEVEL_OF_POWER_DEVICES = 3;

/** What is built in knows its units by their ids: a row for each, for who has nothing but what `lsusb` says. */
const usbRows = (): readonly HardwareRow[] =>
  BUILT_IN_DEFINITIONS.flatMap(({ name, match }) =>
    usbIdsOf(match).flatMap(({ vendorId, productId, models }): HardwareRow[] => {
      if (productId === undefined) return [];
      const id = `${vendorId}:${productId}`;
      const model = [`USB ${id}`, ...new Set(models)].join(', ');
      const driver = 'usbhid-ups';
      return [
        {
          maker: name.replace(/ HID\b.*/, ''),
          model,
          driver,
          key: `${driver}$USB ${id}`,
          level: LEVEL_OF_POWER_DEVICES,
          hint: '',
        },
      ];
    }),
  );

/** Names that the list spells otherwise than the programs are called, most of them from before a renaming. */
const PROGRAM_NAMES: Readonly<Record<string, string>> = {
  nutdrv_siemens_sitop: 'nutdrv_siemens-sitop',
  megatec_usb: 'blazer_usb',
  'powervar-cs': 'powervar_cx_ser',
  'powervar-cu': 'powervar_cx_usb',
};

/** Settings of a UPS are ASCII, as NUT's files are. */
const asAscii = (model: string): string => model.replaceAll('µ', 'u').replaceAll(/[^\x20-\x7e]/g, '?');

/** `blazer_ser or blazer_usb`, `genericups upstype=4`, `snmp-ups (experimental)`, `nutdrv_qx with subdriver=gtec`. */
function driversIn(
  column: string,
): readonly { readonly driver: string; readonly options: readonly string[]; readonly remark: string }[] {
  const at = column.search(/[(,]/);
  const remark = at < 0 ? '' : column.slice(at).replace(/^[(,]\s*|\)$/g, '');
  return (at < 0 ? column : column.slice(0, at)).split(' or ').map((alternative) => {
    const [name = '', ...words] = alternative.trim().split(/\s+/);
    const driver = name.replace(/^driver=/, '');
    // The port has a field of its own; `=N` stands for a number that depends on the unit.
    const options = words.filter((word) => word !== 'with' && !word.startsWith('port=') && !word.endsWith('=N'));
    return { driver: PROGRAM_NAMES[driver] ?? driver, options, remark };
  });
}
