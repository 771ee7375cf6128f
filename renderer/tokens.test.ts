import { describe, expect, test } from 'vitest';
import { SURFACE } from '#domain/surface.ts';
import css from './app.css?raw';

type Lch = readonly [number, number, number];
const PAIR = /--([\w-]+): light-dark\(oklch\(([\d.]+) ([\d.]+) ([\d.]+)\), oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)\)/g;
const tokens = new Map(
  [...css.matchAll(/--([\w-]+): light-dark\([^;]+\);/g)].flatMap(([text]) =>
    [...text.matchAll(PAIR)].map(([, name, ...numbers]) => {
      const [a, b, c, d, e, f] = numbers.map(Number);
      return [name!, { light: [a!, b!, c!] as Lch, dark: [d!, e!, f!] as Lch }] as const;
    }),
  ),
);

/** Linear sRGB of an OKLCH colour, clipped. Source: Ottosson's OKLab. */
function linear([lightness, chroma, hue]: Lch): readonly [number, number, number] {
  const a = chroma * Math.cos((hue * Math.PI) / 180);
  const b = chroma * Math.sin((hue * Math.PI) / 180);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const clip = (value: number) => Math.min(1, Math.max(0, value));
  const red = clip(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s);
  const green = clip(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s);
  const blue = clip(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s);
  return [red, green, blue];
}

/** Source: WCAG 2.2, relative luminance. */
function luminance(colour: Lch): number {
  const [red, green, blue] = linear(colour);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** As `#rrggbb`. Source: IEC 61966-2-1. */
const hexOf = (colour: Lch): string =>
  `#${linear(colour)
    .map((value) => (value <= 0.0031308 ? 12.92 * value : 1.055 * value ** (1 / 2.4) - 0.055))
    .map((value) =>
      Math.round(255 * value)
        .toString(16)
        .padStart(2, '0'),
    )
    .join('')}`;

const contrast = (one: Lch, other: Lch): number => {
  const [high = 0, low = 0] = [luminance(one), luminance(other)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
};

const MOODS = ['mains', 'battery', 'danger', 'care', 'test', 'none'];
const SURFACES = ['surface', 'surface-raised', 'surface-sunken'];
const inks = ['text', 'text-quiet', ...MOODS.map((mood) => `${mood}-ink`)];

describe.each(['light', 'dark'] as const)('colours of the %s theme', (theme) => {
  const of = (name: string): Lch => tokens.get(name)![theme];

  test('a window that is not painted yet has the colour of the page', () => {
    expect(SURFACE[theme]).toBe(hexOf(of('surface')));
  });

  test.each(inks.flatMap((ink) => SURFACES.map((surface) => [ink, surface] as const)))(
    '%s is readable on %s',
    (ink, surface) => {
      expect(contrast(of(ink), of(surface))).toBeGreaterThanOrEqual(4.5);
    },
  );

  test.each(MOODS)('text on the ground of %s is readable', (mood) => {
    expect(contrast(of(`${mood}-on`), of(`${mood}-ground`))).toBeGreaterThanOrEqual(4.5);
  });

  test.each(['charge', 'runtime', 'input', 'output', 'load'])('the line of %s stands out', (quantity) => {
    for (const surface of SURFACES) {
      expect(contrast(of(`quantity-${quantity}`), of(surface))).toBeGreaterThanOrEqual(3);
    }
  });

  test.each(['edge', 'battery-line'])('%s stands out', (line) => {
    for (const surface of SURFACES) expect(contrast(of(line), of(surface))).toBeGreaterThanOrEqual(3);
  });
});
