import { randomBytes } from 'node:crypto';

/** Nobody has to type it: as long as a key, and without letters that look alike. */
export function newPassword(): string {
  const letters = 'abcdefghijkmnpqrstuvwxyz23456789';
  return [...randomBytes(20)].map((byte) => letters[byte % letters.length]).join('');
}
