/** NUT's commands against our server; tests/contract compares them with the originals. */
import { PassThrough, Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '#tests/support/nut-server.ts';
import type { NutCommandIo, Stdin } from './nut-command.ts';
import { parseShortOptions } from './nut-command.ts';
import { Prompt } from './prompt.ts';
import { runUpsc } from './upsc.ts';
import { runUpscmd } from './upscmd.ts';
import { runUpsrw } from './upsrw.ts';

interface Captured {
  readonly io: NutCommandIo;
  readonly stdout: () => string;
  readonly stderr: () => string;
}

function capture(stdin: Stdin = Readable.from([])): Captured {
  let stdout = '';
  let stderr = '';
  return {
    io: {
      stdout: { write: (text) => (stdout += text) },
      stderr: { write: (text) => (stderr += text) },
      stdin,
      env: {},
    },
    stdout: () => stdout,
    stderr: () => stderr,
  };
}

describe('against a server', () => {
  let run: TestServer;
  beforeEach(async () => {
    run = await startTestServer({
      ups: {
        office: {
          variables: { 'ups.status': 'OL', 'ups.id': 'say "hi" \\ #1' },
          traits: { 'ups.id': { isWritable: true, kind: 'string', maxLength: 20 } },
          commands: ['beeper.mute'],
        },
      },
    });
  });
  afterEach(() => run.stop());

  const call = async (
    command: typeof runUpsc,
    args: string[],
    input: string[] = [],
  ): Promise<{ status: number; stdout: string; stderr: string }> => {
    const { io, stdout, stderr } = capture(Readable.from(input));
    const status = await command(
      args.map((word) => word.replace('AT', `127.0.0.1:${run.port}`)),
      io,
    );
    return { status, stdout: stdout(), stderr: stderr() };
  };
  const said = (stdout: string) => ({ status: 0, stdout, stderr: '' });
  const told = (stderr: string, stdout = '') => ({ status: 0, stdout, stderr });
  const failed = (stderr: string, stdout = '') => ({ status: 1, stdout, stderr });

  test('upsc shows variables, names and refusals', async () => {
    expect(await call(runUpsc, ['office@AT'])).toEqual(said('ups.id: say "hi" \\ #1\nups.status: OL\n'));
    expect(await call(runUpsc, ['office@AT', 'ups.status'])).toEqual(said('OL\n'));
    expect(await call(runUpsc, ['-L', 'AT'])).toEqual(said('office: Description unavailable\n'));
    expect(await call(runUpsc, ['office@AT', 'no.such'])).toEqual(failed('Error: Variable not supported by UPS\n'));
    expect(await call(runUpsc, ['other@AT'])).toEqual(failed('Error: Unknown UPS\n'));
  });

  test('upscmd lists and sends commands', async () => {
    expect(await call(runUpscmd, ['-l', 'office@AT'])).toEqual(
      said('Instant commands supported on UPS [office]:\n\nbeeper.mute - Silence the present beeping\n'),
    );
    const admin = ['-u', 'admin', '-p', 'secret'];
    expect(await call(runUpscmd, [...admin, 'office@AT', 'beeper.mute', 'a b'])).toEqual(told('OK\n'));
    expect(await call(runUpscmd, ['-w', ...admin, 'office@AT', 'beeper.mute'])).toEqual(told('SUCCESS\n'));
    expect(run.acts).toEqual(['office beeper.mute a b', 'office beeper.mute']);
  });

  test('upsrw asks for what it was not given, piece by piece as the input comes', async () => {
    const input = ['adm', 'in\nsecret', '\nnew', ' name\n'];
    const run1 = await call(runUpsrw, ['-s', 'ups.id', 'office@AT'], input);
    expect(run1).toMatchObject({ status: 0, stderr: 'Password: OK\n' });
    expect(run1.stdout).toMatch(/^Username \(\S+\): Enter new value for ups\.id: $/);
    expect(run.acts).toEqual(['office ups.id new name']);
  });

  test('upscmd gives up when there is nobody to ask', async () => {
    const { status, stderr } = await call(runUpscmd, ['office@AT', 'beeper.mute']);
    expect({ status, stderr }).toEqual({ status: 1, stderr: 'Error reading from stdin!\n' });
  });

  test('a server that is gone is told in the words of NUT', async () => {
    const { port } = run;
    await run.stop();
    expect(await call(runUpsc, [`office@127.0.0.1:${port}`])).toEqual(
      failed('Error: Connection failure: Connection refused\n'),
    );
  });
});

describe('options', () => {
  test('letters may be joined, values may touch them, and the first operand ends them', () => {
    const { given, operands, complaint } = parseShortOptions('x', 'lhu:w', ['-lwuname', '-u', 'other', 'ups', '-h']);
    expect([...given]).toEqual([
      ['l', ''],
      ['w', ''],
      ['u', 'other'],
    ]);
    expect(operands).toEqual(['ups', '-h']);
    expect(complaint).toBeUndefined();
  });

  test('two dashes end the options, and one dash is an operand', () => {
    expect(parseShortOptions('x', 'l', ['-l', '--', '-l']).operands).toEqual(['-l']);
    expect(parseShortOptions('x', 'l', ['-', '-l']).operands).toEqual(['-', '-l']);
  });

  test('unknown letters and missing values are told as getopt tells them', () => {
    expect(parseShortOptions('x', 'u:', ['-:']).complaint).toBe("x: invalid option -- ':'");
    expect(parseShortOptions('x', 'u:', ['-u']).complaint).toBe("x: option requires an argument -- 'u'");
  });
});

describe('a password typed at a terminal', () => {
  test('is not shown, and the erase key works', async () => {
    const modes: boolean[] = [];
    const terminal = Object.assign(new PassThrough(), {
      isTTY: true,
      setRawMode: (isRaw: boolean) => modes.push(isRaw),
    });
    const { io, stdout, stderr } = capture(terminal);
    const answer = new Prompt(io).askSecret('Password: ');
    for (const key of ['s', 'x', '\u007f', 'e', 'c', 'ret', '\r']) terminal.write(key);
    expect(await answer).toBe('secret');
    expect(stdout()).toBe('');
    expect(stderr()).toBe('Password: \n');
    expect(modes).toEqual([true, false]);
  });

  test('ends with the end of input', async () => {
    const terminal = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => undefined });
    const { io } = capture(terminal);
    const prompt = new Prompt(io);
    const answer = prompt.askSecret('Password: ');
    terminal.write('abc\u0004');
    expect(await answer).toBe('abc');
    expect(await prompt.ask('more? ')).toBeUndefined();
  });
});
