import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createFifo, type Fifo } from '#tests/support/fifo.ts';
import { until } from '#tests/support/served-program.ts';
import { createErrorOutput } from './error-output.ts';

describe.skipIf(process.platform === 'win32')('standard error', () => {
  let fifo: Fifo;
  let said: string;
  beforeEach(() => {
    fifo = createFifo();
    said = '';
  });
  afterEach(() => fifo.remove());

  const read = (): string => (said += fifo.read());

  test('is written in order', async () => {
    const output = createErrorOutput(fifo.writer);
    for (let line = 1; line <= 100; line += 1) output.write(`line ${line}\n`);
    expect(await output.settled()).toBe(true);
    expect(read()).toBe(Array.from({ length: 100 }, (_, index) => `line ${index + 1}\n`).join(''));
  });

  test('that nobody reads is waited for by nobody, and has all of it once somebody does', async () => {
    fifo.fill();
    const output = createErrorOutput(fifo.writer);
    output.write('mains lost\n');
    output.write('mains back\n');
    expect(await output.settled()).toBe(false);
    await until('it is read', () => read() === 'mains lost\nmains back\n');
    expect(await output.settled()).toBe(true);
  });

  test('keeps a million characters for nobody, and tells what it did not keep', async () => {
    fifo.fill();
    const output = createErrorOutput(fifo.writer);
    const line = `${'x'.repeat(999)}\n`;
    // The first is under way; a thousand wait.
    for (let written = 0; written < 1_006; written += 1) output.write(line);
    await until('the end is read', () =>
      read().endsWith('5 lines of this log were lost here: nobody took them in time.\n'),
    );
    expect(said.match(/x{999}\n/g)).toHaveLength(1_001);
    output.write('on\n');
    await until('the next is read', () => read().endsWith('on\n'));
  });

  test('whose reader is gone takes nothing more', async () => {
    const output = createErrorOutput(fifo.writer);
    fifo.leave();
    for (let line = 0; line < 3; line += 1) {
      output.write('into nowhere\n');
      expect(await output.settled()).toBe(true);
    }
  });
});
