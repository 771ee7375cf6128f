import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';

/** Which rooms each room may import, and which packages. What is not listed is forbidden. */
const ROOMS: Record<string, { rooms: string[]; packages: RegExp }> = {
  domain: { rooms: ['domain'], packages: /^zod$/ },
  engine: {
    rooms: ['engine', 'domain', 'package.json', 'resources'],
    packages: /^(node:|zod$|selfsigned$|nodemailer$|mqtt$)/,
  },
  electron: {
    rooms: ['electron', 'engine', 'domain', 'package.json', 'resources'],
    packages: /^(node:|electron|zod$)/,
  },
  headless: { rooms: ['headless', 'engine', 'domain', 'package.json', 'resources'], packages: /^(node:|ws$|zod$)/ },
  renderer: { rooms: ['renderer', 'domain', 'resources'], packages: /^(svelte|chart\.js|zod$)/ },
};
/** Only adapters touch native modules and libraries with effects of their own. */
const ADAPTER_PACKAGES = /^(node-hid|usb|pino|pino-pretty|multicast-dns)$/;

const root = resolve(import.meta.dirname, '..');

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sources(path);
    return /\.(ts|svelte)$/.test(entry.name) && !entry.name.endsWith('.test.ts') ? [path] : [];
  });
}

const IMPORT = /(?:\bfrom\s+|\bimport\s+|\bimport\(\s*)['"]([^'"]+)['"]/g;

test.each(Object.keys(ROOMS))('%s imports only what its room may', (room) => {
  const rule = ROOMS[room]!;
  const broken: string[] = [];
  for (const file of sources(join(root, room))) {
    const isAdapter = relative(root, file).startsWith(join('engine', 'adapters'));
    for (const [, target] of readFileSync(file, 'utf8').matchAll(IMPORT)) {
      if (target === undefined) continue;
      const inside = target.startsWith('#')
        ? target.slice(1)
        : target.startsWith('.')
          ? relative(root, resolve(dirname(file), target))
          : undefined;
      const isAllowed =
        inside !== undefined
          ? rule.rooms.includes(inside.split(/[/\\]/)[0]!)
          : rule.packages.test(target) || (isAdapter && ADAPTER_PACKAGES.test(target));
      if (!isAllowed) broken.push(`${relative(root, file)} imports ${target}`);
    }
  }
  expect(broken).toEqual([]);
});

test('nothing but electron/ imports electron', () => {
  const offenders = ['domain', 'engine', 'headless', 'renderer'].flatMap((room) =>
    sources(join(root, room)).filter((file) => /from ['"]electron['"]/.test(readFileSync(file, 'utf8'))),
  );
  expect(offenders).toEqual([]);
});
