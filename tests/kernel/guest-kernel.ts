/**
 * Debian's kernel for the virtual machine: fetched as a package, never installed, and reduced to what is booted
 * (the unpacked kernel and a handful of modules). The result is kept, so that only the first run downloads.
 */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { decompress, unpackKernel } from './decompress.ts';

const run = promisify(execFile);

/** The package that always depends on the newest kernel of the release. */
const NEWEST_KERNEL = 'linux-image-amd64';

/** What the guest loads: its way to the host's files, its console, and the HID core with devices made by programs. */
const MODULES = [
  'virtio_pci',
  'virtio_console',
  '9pnet_virtio',
  '9p',
  'overlay',
  'hid',
  'hid_generic',
  'uhid',
] as const;

export interface GuestKernel {
  /** Debian's package name, for example `linux-image-6.1.0-56-amd64`. */
  readonly name: string;
  /** The uncompressed kernel, which qemu starts directly: unpacking it in an emulated machine would take seconds. */
  readonly image: string;
  /** Kernel modules in the order in which they must be loaded. */
  readonly modules: readonly string[];
}

export type KernelOutcome =
  { readonly ok: true; readonly kernel: GuestKernel } | { readonly ok: false; readonly reason: string };

/**
 * Finds the kernel in the cache folder, or fetches it there with apt.
 * @throws Error when a downloaded package is not built as expected; a missing source of packages is a reason instead
 */
export async function ensureKernel(cacheDir: string): Promise<KernelOutcome> {
  await mkdir(cacheDir, { recursive: true });
  const cached = await findCached(cacheDir);
  if (cached) return { ok: true, kernel: cached };

  const name = await newestPackage();
  if (name === undefined) {
    return {
      ok: false,
      reason: `apt offers no ${NEWEST_KERNEL}: run this on Debian (a container will do) after apt-get update`,
    };
  }
  const work = await mkdtemp(path.join(cacheDir, '.fetch-'));
  try {
    await run('apt-get', ['download', name], { cwd: work });
    const [archive] = (await readdir(work)).filter((file) => file.endsWith('.deb'));
    if (archive === undefined) return { ok: false, reason: `apt-get download ${name} left no package` };
    await run('dpkg-deb', ['--extract', archive, 'package'], { cwd: work });
    await reduce(path.join(work, 'package'), path.join(work, 'kernel'));
    const home = path.join(cacheDir, name);
    await rm(home, { recursive: true, force: true });
    await rename(path.join(work, 'kernel'), home);
    return { ok: true, kernel: await readKernel(home) };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function findCached(cacheDir: string): Promise<GuestKernel | undefined> {
  const homes = (await readdir(cacheDir)).filter((name) => name.startsWith('linux-image-')).sort();
  for (const name of homes.reverse()) {
    const home = path.join(cacheDir, name);
    // Written last, so its presence says that the folder is complete; its text, that it was made for these modules.
    const madeFor = await readFile(path.join(home, 'modules.txt'), 'utf8').catch(() => '');
    if (madeFor === MODULES.join('\n')) return readKernel(home);
  }
  return undefined;
}

async function readKernel(home: string): Promise<GuestKernel> {
  const folder = path.join(home, 'modules');
  const files = (await readdir(folder)).sort();
  return {
    name: path.basename(home),
    image: path.join(home, 'vmlinux'),
    modules: files.map((file) => path.join(folder, file)),
  };
}

async function newestPackage(): Promise<string | undefined> {
  const ask = async (): Promise<string | undefined> => {
    const { stdout } = await run('apt-cache', ['depends', NEWEST_KERNEL]).catch(() => ({ stdout: '' }));
    return /^\s*Depends: (linux-image-\S+)$/m.exec(stdout)?.[1];
  };
  const known = await ask();
  if (known !== undefined || process.getuid?.() !== 0) return known;
  // A fresh container has no package lists.
  await run('apt-get', ['update']).catch(() => undefined);
  return ask();
}

/** Keeps of an unpacked kernel package what the guest needs. */
async function reduce(packageDir: string, home: string): Promise<void> {
  const boot = path.join(packageDir, 'boot');
  const [compressed] = (await readdir(boot)).filter((file) => file.startsWith('vmlinuz-'));
  if (compressed === undefined) throw new Error('the kernel package has no boot/vmlinuz-*');
  await mkdir(path.join(home, 'modules'), { recursive: true });
  await writeFile(path.join(home, 'vmlinux'), unpackKernel(await readFile(path.join(boot, compressed))));

  const version = compressed.slice('vmlinuz-'.length);
  const source = await findModules(packageDir, version);
  const builtin = new Set(
    (await readFile(path.join(source.folder, 'modules.builtin'), 'utf8')).split('\n').map((line) => moduleName(line)),
  );
  const contents = new Map<string, Buffer>();
  const load = async (name: string): Promise<void> => {
    if (contents.has(name) || builtin.has(name)) return;
    const file = source.files.get(name);
    if (file === undefined) throw new Error(`the kernel package has no module ${name}`);
    const content = decompress(await readFile(file));
    for (const dependency of moduleDependencies(content)) await load(dependency);
    contents.set(name, content);
  };
  for (const name of MODULES) await load(name);

  let position = 10;
  for (const [name, content] of contents) {
    await writeFile(path.join(home, 'modules', `${position++}-${name}.ko`), content);
  }
  await writeFile(path.join(home, 'modules.txt'), MODULES.join('\n'));
}

async function findModules(packageDir: string, version: string) {
  for (const lib of ['lib', 'usr/lib']) {
    const folder = path.join(packageDir, lib, 'modules', version);
    const found = await readdir(folder, { recursive: true }).catch(() => []);
    if (found.length === 0) continue;
    const modules = found.filter((file) => /\.ko(\.\w+)?$/.test(file));
    return { folder, files: new Map(modules.map((file) => [moduleName(file), path.join(folder, file)])) };
  }
  throw new Error(`the kernel package has no modules for ${version}`);
}

/** `kernel/drivers/hid/hid-generic.ko.xz` is called `hid_generic`, as modules name each other. */
const moduleName = (file: string): string =>
  path
    .basename(file)
    .replace(/\.ko(\.\w+)?$/, '')
    .replaceAll('-', '_');

/** What a module says it needs: the `depends=` entry of its `.modinfo` section, a run of NUL-terminated texts. */
function moduleDependencies(content: Buffer): string[] {
  const tag = '\0depends=';
  const start = content.indexOf(tag);
  if (start < 0) return [];
  const end = content.indexOf(0, start + tag.length);
  const names = content.toString('latin1', start + tag.length, end);
  return names
    .split(',')
    .filter(Boolean)
    .map((name) => name.replaceAll('-', '_'));
}
