/**
 * `node scripts/render-icons.ts [SHEET.png]`: draws every icon of resources/icons again. Shapes of the tray are in
 * scripts/icons/tray-shapes.ts, the program's icon is app.svg. With a file name, a sheet with all of them is kept there.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Page } from '@playwright/test';
import type { Mood } from '#domain/power-state.ts';
import { CHROMIUM } from '../e2e/support/chromium.ts';
import { encodeIcns, encodeIco, type SizedPng } from './icons/containers.ts';
import { GRIDS, shapeSvg, SHAPES, type Grid, type Shape } from './icons/tray-shapes.ts';

const folder = fileURLToPath(new URL('../resources/icons', import.meta.url));

const TRAY_PIXELS: readonly (readonly [pixels: number, grid: Grid])[] = [
  [16, 16],
  [22, 22],
  [24, 24],
  [32, 16],
  [44, 22],
];
const APP_PIXELS = [16, 24, 32, 48, 64, 128, 256, 512, 1024];
const ICO_PIXELS = new Set([16, 24, 32, 48, 64, 128, 256]);

/** On a dark and on a light panel; each at least 3 : 1 against it. */
const COLOURS: Readonly<Record<'dark' | 'light', Readonly<Record<Mood, string>>>> = {
  dark: { mains: '#f2f3f1', battery: '#ffb224', danger: '#ff6b61', care: '#ff9548', test: '#6cb2ff', none: '#aca7bd' },
  light: { mains: '#262a2e', battery: '#9a5b00', danger: '#c4221b', care: '#b64a00', test: '#1b62b8', none: '#6a6579' },
};

function tonesOf(shape: Shape): readonly Mood[] {
  if (shape.startsWith('battery')) return ['battery', 'test'];
  switch (shape) {
    case 'low':
    case 'off':
      return ['danger'];
    case 'alert':
      return ['care'];
    case 'no-contact':
      return ['none'];
    default:
      return ['mains'];
  }
}

interface Drawing {
  readonly name: string;
  readonly svg: string;
  readonly pixels: number;
}

const inColour = (svg: string, colour: string): string =>
  // Black outside of masks becomes the colour; inside of them black and white keep their meaning.
  svg
    .split(/(<mask.*?<\/mask>)/)
    .map((part) => (part.startsWith('<mask') ? part : part.replaceAll('#000', colour)))
    .join('')
    .replace('<svg ', `<svg fill="${colour}" `)
    .replace('<mask id="m">', '<mask id="m" fill="#000">');

const sources = SHAPES.flatMap((shape) => GRIDS.map((grid) => ({ shape, grid, svg: shapeSvg(shape, grid) })));
const sourceOf = (shape: Shape, grid: Grid): string =>
  sources.find((s) => s.shape === shape && s.grid === grid)?.svg ?? '';

const appSvg = readFileSync(join(folder, 'app.svg'), 'utf8');
const drawings: Drawing[] = [
  ...APP_PIXELS.map((pixels) => ({ name: `app/${pixels}.png`, svg: appSvg, pixels })),
  ...SHAPES.flatMap((shape) =>
    TRAY_PIXELS.flatMap(([pixels, grid]) => [
      ...(['dark', 'light'] as const).flatMap((panel) =>
        tonesOf(shape).map((tone) => ({
          name: `tray/${panel}/${shape}-${tone}-${pixels}.png`,
          svg: inColour(sourceOf(shape, grid), COLOURS[panel][tone]),
          pixels,
        })),
      ),
      ...(grid === 22
        ? [{ name: `template/${shape}-${pixels}.png`, svg: inColour(sourceOf(shape, grid), '#000'), pixels }]
        : []),
    ]),
  ),
];

const file = (name: string, content: string | Buffer): void => {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
};

/** Drawn on a canvas of exactly the size: no screen, no scale factor in between. */
const DRAW = `async ({ svg, pixels }) => {
  const image = new Image();
  image.src = 'data:image/svg+xml,' + encodeURIComponent(svg.replace(/<svg /, '<svg width="' + pixels + '" height="' + pixels + '" ').replace(/(<svg [^>]*?width="\\d+" height="\\d+"[^>]*?) width="\\d+" height="\\d+"/, '$1'));
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = pixels;
  canvas.getContext('2d').drawImage(image, 0, 0, pixels, pixels);
  return canvas.toDataURL('image/png').split(',')[1];
}`;

async function draw(page: Page, drawing: Drawing): Promise<Buffer> {
  const base64 = await page.evaluate<string>(`(${DRAW})(${JSON.stringify(drawing)})`);
  return Buffer.from(base64, 'base64');
}

/** All tray icons in true size and enlarged, on both panels. */
function sheetHtml(pngs: ReadonlyMap<string, Buffer>): string {
  const picture = (name: string, pixels: number, scale: number): string =>
    `<img src="data:image/png;base64,${pngs.get(name)?.toString('base64') ?? ''}" style="width:${pixels * scale}px;image-rendering:pixelated;margin:4px">`;
  const row = (panel: 'dark' | 'light', shape: Shape, tone: Mood): string =>
    TRAY_PIXELS.map(([pixels]) => {
      const name = `tray/${panel}/${shape}-${tone}-${pixels}.png`;
      return picture(name, pixels, 1) + (pixels < 32 ? picture(name, pixels, 3) : '');
    }).join('');
  const half = (panel: 'dark' | 'light', background: string): string =>
    `<div style="background:${background};padding:8px;float:left">${SHAPES.flatMap((shape) =>
      tonesOf(shape).map((tone) => `<div style="height:78px">${row(panel, shape, tone)}</div>`),
    ).join('')}</div>`;
  const app = APP_PIXELS.filter((pixels) => pixels <= 256).map((pixels) => picture(`app/${pixels}.png`, pixels, 1));
  return `<body style="margin:0;width:1100px">${half('dark', '#1d2023')}${half('light', '#ececea')}<div style="clear:both">${app.join('')}</div></body>`;
}

const browser = await chromium.launch(CHROMIUM);
try {
  const page = await browser.newPage();
  const pngs = new Map<string, Buffer>();
  for (const drawing of drawings) pngs.set(drawing.name, await draw(page, drawing));
  const app: SizedPng[] = APP_PIXELS.map((pixels) => ({
    pixels,
    png: pngs.get(`app/${pixels}.png`) ?? Buffer.alloc(0),
  }));

  for (const name of ['app', 'tray', 'template', 'svg']) rmSync(join(folder, name), { recursive: true, force: true });
  for (const { shape, grid, svg } of sources) file(`svg/${shape}-${grid}.svg`, svg);
  for (const [name, png] of pngs) file(name, png);
  file('app.ico', encodeIco(app.filter(({ pixels }) => ICO_PIXELS.has(pixels))));
  file('app.icns', encodeIcns(app));
  console.log(`${pngs.size} icons drawn`);

  const sheet = process.argv[2];
  if (sheet !== undefined) {
    await page.setContent(sheetHtml(pngs));
    await page.screenshot({ path: sheet, fullPage: true });
  }
} finally {
  await browser.close();
}
