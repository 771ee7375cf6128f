import { basename } from 'node:path';
import { describe, expect, test } from 'vitest';
import { BUILT_IN_DEFINITIONS } from '#engine/devices/definitions/index.ts';
import { committedText, GENERATED_FILES } from './generate.ts';
import { udevRules } from './udev-rules.ts';

test.each(GENERATED_FILES.map((generated) => [basename(generated.file), generated] as const))(
  '%s is as "npm run generate" writes it',
  async (_name, { file, text }) => {
    expect(committedText(file)).toBe(await text());
  },
);

describe('the udev rules', () => {
  const rules = udevRules(BUILT_IN_DEFINITIONS);
  const lines = rules.split('\n').filter((line) => line !== '' && !line.startsWith('#'));

  test('are made of matches and assignments that udev knows', () => {
    const token =
      /^(ACTION==|SUBSYSTEM(==|!=)|KERNELS==|ENV\{DEVTYPE\}==|ATTR\{id(Vendor|Product)\}==|MODE=|GROUP=|TAG\+=|GOTO=|LABEL=)"[^"]+"$/;
    for (const line of lines) for (const part of line.split(', ')) expect(part).toMatch(token);
  });

  test('end where they jump to', () => {
    expect(lines.at(-1)).toBe('LABEL="ridethrough_end"');
  });

  test('cover both nodes of every unit that a definition lists', () => {
    for (const { match } of BUILT_IN_DEFINITIONS) {
      for (const { vendorId, productId, refuse } of match) {
        if (refuse !== undefined) continue;
        expect(rules).toContain(
          `KERNELS=="0003:${vendorId.toUpperCase()}:${productId === undefined ? '*' : productId.toUpperCase()}.*"`,
        );
        const usb = `ATTR{idVendor}=="${vendorId}"${productId === undefined ? '' : `, ATTR{idProduct}=="${productId}"`}`;
        expect(rules).toContain(usb);
      }
    }
  });

  test('leave devices out that are refused', () => {
    expect(rules).not.toContain('050D:0218');
  });

  test('say each unit once', () => {
    expect(new Set(lines).size).toBe(lines.length);
  });
});
