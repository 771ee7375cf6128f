/** Names and passwords that nobody guesses. `crypto.randomUUID` is missing where the page came over plain HTTP. */

/** Without letters that look alike; 32 of them, so that every byte gives each the same chance. */
const LETTERS = 'abcdefghijkmnpqrstuvwxyz23456789';
const PASSWORD_LENGTH = 20;

const bytes = (count: number): readonly number[] => [...crypto.getRandomValues(new Uint8Array(count))];

/** 100 bits. */
export const randomPassword = (): string =>
  bytes(PASSWORD_LENGTH)
    .map((byte) => LETTERS[byte % LETTERS.length])
    .join('');

export const randomId = (): string =>
  bytes(6)
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('');
