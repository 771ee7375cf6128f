import { gzipSync } from 'node:zlib';

/** A file of the archive. Folders are made from the paths. */
export interface InitrdFile {
  /** Without a leading slash. */
  readonly path: string;
  readonly content: Uint8Array | string;
  readonly executable?: boolean;
}

const FOLDER = 0o040755;
const FILE = 0o100644;
const PROGRAM = 0o100755;

/**
 * A gzipped cpio archive that the kernel unpacks as its first root file system.
 * Source: the kernel's description of its initramfs buffer format ("newc" members, everything aligned to 4 bytes).
 */
export function buildInitrd(files: readonly InitrdFile[], emptyFolders: readonly string[] = []): Buffer {
  const folders = new Set<string>();
  for (const inside of [...files.map((file) => file.path), ...emptyFolders.map((folder) => `${folder}/`)]) {
    for (let end = inside.indexOf('/'); end >= 0; end = inside.indexOf('/', end + 1)) folders.add(inside.slice(0, end));
  }
  let inode = 1;
  const members = [
    ...[...folders].sort().map((folder) => member(inode++, folder, FOLDER, Buffer.alloc(0))),
    ...files.map(({ path, content, executable = false }) =>
      member(inode++, path, executable ? PROGRAM : FILE, Buffer.from(content)),
    ),
    member(0, 'TRAILER!!!', 0, Buffer.alloc(0)),
  ];
  return gzipSync(Buffer.concat(members), { level: 1 });
}

function member(inode: number, name: string, mode: number, content: Buffer): Buffer {
  const path = Buffer.from(`${name}\0`);
  const numbers = [inode, mode, 0, 0, 1, 0, content.length, 0, 0, 0, 0, path.length, 0];
  const header = Buffer.from(`070701${numbers.map((value) => value.toString(16).padStart(8, '0')).join('')}`);
  return Buffer.concat([aligned(Buffer.concat([header, path])), aligned(content)]);
}

const aligned = (bytes: Buffer): Buffer => Buffer.concat([bytes, Buffer.alloc(-bytes.length & 3)]);
