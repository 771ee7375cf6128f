import { execFileSync } from 'node:child_process';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';

const MAX_BYTES = 512 * 1024 * 1024;

const startsWith = (bytes: Buffer, ...magic: number[]): boolean => magic.every((byte, index) => bytes[index] === byte);

/** Contents of gzip, zstd or xz data, told by their first bytes; anything else comes back as it is. */
export function decompress(bytes: Buffer): Buffer {
  if (startsWith(bytes, 0x1f, 0x8b)) return gunzipSync(bytes);
  if (startsWith(bytes, 0x28, 0xb5, 0x2f, 0xfd)) return zstdDecompressSync(bytes);
  if (startsWith(bytes, 0xfd, 0x37, 0x7a, 0x58, 0x5a)) {
    return execFileSync('xz', ['--decompress', '--stdout'], { input: bytes, maxBuffer: MAX_BYTES });
  }
  return bytes;
}

/**
 * The kernel proper (an ELF file) inside of a bootable image.
 * Source: Linux x86 boot protocol, fields setup_sects, payload_offset and payload_length.
 * @throws Error when the image is not built that way
 */
export function unpackKernel(image: Buffer): Buffer {
  if (image.toString('latin1', 0x202, 0x206) !== 'HdrS') throw new Error('not a bootable Linux image');
  const setupBytes = (image.readUInt8(0x1f1) + 1) * 512;
  const start = setupBytes + image.readUInt32LE(0x248);
  const payload = image.subarray(start, start + image.readUInt32LE(0x24c));
  // The build appends the unpacked size (4 bytes) to every format but gzip, which ends with it by itself.
  const kernel = decompress(startsWith(payload, 0x1f, 0x8b) ? payload : payload.subarray(0, -4));
  if (!startsWith(kernel, 0x7f, 0x45, 0x4c, 0x46)) throw new Error('the Linux image holds no ELF file');
  return kernel;
}
