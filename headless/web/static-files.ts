/** The built renderer, read as a whole when somebody first asks: its files belong together, and a request must not reach outside of them. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { gzipSync } from 'node:zlib';
import { CONTENT_TYPES } from '#domain/content-types.ts';

export interface StaticFile {
  readonly type: string;
  readonly body: Buffer;
  readonly gzipped: Buffer | undefined;
  readonly etag: string;
  /** The name changes with the content: may be kept for ever. */
  readonly isImmutable: boolean;
}

/** By URL path, `/index.html` among them; empty where nothing was built. */
export type StaticFiles = ReadonlyMap<string, StaticFile>;

/** Megabytes that most services never show to anybody. @returns asks for them; what failed is tried again at the next call */
export function createStaticFiles(folder: string): () => Promise<StaticFiles> {
  let files: Promise<StaticFiles> | undefined;
  return () => {
    files ??= readFolder(folder).catch((error: unknown) => {
      files = undefined;
      throw error;
    });
    return files;
  };
}

async function readFolder(folder: string): Promise<StaticFiles> {
  let entries;
  try {
    entries = await readdir(folder, { recursive: true, withFileTypes: true });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return new Map();
    throw error;
  }
  const files = entries.filter((entry) => entry.isFile() && extname(entry.name) in CONTENT_TYPES);
  const loaded = files.map(async (entry): Promise<[string, StaticFile]> => {
    const path = join(entry.parentPath, entry.name);
    const body = await readFile(path);
    const gzipped = body.length > 1024 && !path.endsWith('.png') ? gzipSync(body) : undefined;
    return [
      `/${relative(folder, path).split(sep).join('/')}`,
      {
        type: CONTENT_TYPES[extname(entry.name)] ?? 'application/octet-stream',
        body,
        gzipped,
        etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`,
        isImmutable: /-[\w-]{8,}\.\w+$/.test(entry.name),
      },
    ];
  });
  return new Map(await Promise.all(loaded));
}
