/** Passwords in the desktop program, encrypted with a key that the system keeps for this person. */
import type { SafeStorage } from 'electron';
import { describeError } from '#domain/errors.ts';
import type { Clock, Log, SecretSeal } from '#engine/ports.ts';
import { withinLimit } from '#engine/within-limit.ts';

export type Keyring = Pick<
  SafeStorage,
  'isAsyncEncryptionAvailable' | 'getSelectedStorageBackend' | 'encryptStringAsync' | 'decryptStringAsync'
>;

export interface SafeSealParts {
  readonly keyring: Keyring;
  readonly platform: NodeJS.Platform;
  readonly clock: Clock;
  readonly log: Log;
}

/** A locked keyring asks the person first, who may not be there; watching the UPS does not wait for that. */
const ANSWER_LIMIT_MS = 20_000;

/**
 * @returns undefined where the system has no keyring that keeps anything from anybody, which is told: passwords are in a
 *   file for their owner only then, as they are without a desktop
 */
export async function createSafeSeal({
  keyring,
  platform,
  clock,
  log,
}: SafeSealParts): Promise<SecretSeal | undefined> {
  const missing = await whyMissing(keyring, platform, clock);
  if (missing !== undefined) {
    log.warn(`Passwords are kept in a file that only you can read, not encrypted: ${missing}`);
    return undefined;
  }
  return {
    seal: async (text) => (await keyring.encryptStringAsync(text)).toString('base64'),
    async open(sealed) {
      try {
        const { result, shouldReEncrypt } = await keyring.decryptStringAsync(Buffer.from(sealed, 'base64'));
        return { text: result, isOutdated: shouldReEncrypt };
      } catch (error) {
        // Which password that is, and what to do, is told by whoever needs it.
        log.warn(`The keyring did not decrypt a password: ${describeError(error)}`);
        return undefined;
      }
    },
  };
}

async function whyMissing(keyring: Keyring, platform: NodeJS.Platform, clock: Clock): Promise<string | undefined> {
  try {
    const asking = keyring.isAsyncEncryptionAvailable();
    const answer = await withinLimit<boolean | 'late'>(clock, ANSWER_LIMIT_MS, asking, () => 'late');
    if (answer === 'late') return 'the keyring did not answer; unlock it and start the program again';
    if (!answer) return 'the keyring of this system is not available';
  } catch (error) {
    return `the keyring could not be asked: ${describeError(error)}`;
  }
  // A key that stands in the program's own source protects from nobody.
  const isPlain = platform === 'linux' && ['basic_text', 'unknown'].includes(keyring.getSelectedStorageBackend());
  return isPlain ? 'this desktop has no keyring' : undefined;
}
