/**
 * A chart of bars that every mail program shows: cells with a height and a colour. SVG is shown by few, and pictures are
 * kept back until somebody asks for them.
 */
export interface Bar {
  /** Undefined: unknown then. */
  readonly value: number | undefined;
  readonly isOnBattery: boolean;
}

const HEIGHT = 48;
const WIDTH = 8;
const COLOURS = { line: '#4a7ab5', battery: '#c77700', ground: '#e8ebef' } as const;

/** @param most what a bar of the whole height stands for */
export function htmlBars(bars: readonly Bar[], most: number): string {
  const cells = bars.map(({ value, isOnBattery }) => {
    const height = value === undefined ? 0 : Math.round((Math.min(Math.max(value, 0), most) / most) * HEIGHT);
    const colour = isOnBattery ? COLOURS.battery : COLOURS.line;
    const bar =
      height === 0
        ? ''
        : `<table cellpadding="0" cellspacing="0"><tr><td width="${WIDTH}" height="${height}" bgcolor="${colour}" style="font-size:1px;line-height:1px">&nbsp;</td></tr></table>`;
    return `<td width="${WIDTH}" height="${HEIGHT}" valign="bottom" bgcolor="${COLOURS.ground}">${bar}</td>`;
  });
  return `<table cellpadding="0" cellspacing="1" role="presentation"><tr>${cells.join('')}</tr></table>`;
}
