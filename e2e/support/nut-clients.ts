/** What a NUT server tells those who ask it. */
import { openRawClient } from '#tests/support/nut-server.ts';
import { ridethrough } from '#tests/support/served-program.ts';
import { expect } from '@playwright/test';

export const upsc = async (...args: string[]): Promise<string> => (await ridethrough(['upsc', ...args])).stdout.trim();

/** What a server says to a log-in for a UPS. */
export async function logIn(port: number, user: string, password: string, ups: string): Promise<string> {
  const client = await openRawClient(port);
  try {
    expect(await client.ask(`USERNAME ${user}`)).toBe('OK');
    expect(await client.ask(`PASSWORD ${password}`)).toBe('OK');
    return await client.ask(`LOGIN ${ups}`);
  } finally {
    client.destroy();
  }
}
