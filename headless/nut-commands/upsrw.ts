/** NUT's upsrw: lists and changes the variables that can be written. */
import { userInfo } from 'node:os';
import type { NutClient } from '#engine/nut/client.ts';
import {
  banner,
  Failure,
  granted,
  insufficientData,
  type NutCommandIo,
  parseShortOptions,
  parseUps,
  runNutCommand,
  withClient,
} from './nut-command.ts';
import { askUsername, carryOut, identify, parseTimeout, UPS_HINT } from './privileged.ts';
import { Prompt } from './prompt.ts';

const USAGE = `
usage: upsrw [-l] <ups>
       upsrw -s <variable>[=<value>] [-u <username>] [-p <password>] [-w] [-t <seconds>] <ups>

Shows the variables of a UPS that can be changed, or changes one.

  <ups>          <upsname>[@<hostname>[:<port>]]; the hostname is localhost where none is given
  -l             show them; the same without any option
  -s <variable>  the one to change; the value is asked for where it is not given
  -u <username>  and -p <password>: asked for where they are not given
  -w             wait until the UPS was told, and say how it ended
  -t <seconds>   how long to wait with -w, 10 by default
  -V             the version
  -h             this help
`;

/** @returns exit status: 0, or 1 with the reason on standard error */
export async function runUpsrw(argv: readonly string[], io: NutCommandIo): Promise<number> {
  const { given, operands, complaint } = parseShortOptions('upsrw', 'hls:p:t:u:wV', argv);
  const [target] = operands;
  if (given.has('V')) {
    io.stdout.write(`${banner('upsrw')}\n`);
    return 0;
  }
  return runNutCommand(io, async () => {
    const timeoutSeconds = parseTimeout(given.get('t'));
    if (complaint !== undefined || given.has('h') || target === undefined) {
      if (complaint !== undefined) io.stderr.write(`${complaint}\n`);
      io.stdout.write(`${banner('upsrw')}\n${USAGE}`);
      return;
    }
    const { ups, ...host } = parseUps(target, UPS_HINT);
    const setting = given.get('s');
    await withClient(host, async (client) => {
      if (setting === undefined) {
        await showWritable(client, ups, io);
        return;
      }
      const equals = setting.indexOf('=');
      const variable = equals < 0 ? setting : setting.slice(0, equals);
      if (!variable.includes('.')) throw new Failure('Error: old variable names are not supported');
      const prompt = new Prompt(io);
      // Unlike upscmd this one goes on with one's own name when the input is over.
      const username = given.get('u') ?? (await askUsername(prompt)) ?? userInfo().username;
      const password = given.get('p') ?? (await prompt.askSecret('Password: ')) ?? '';
      const value =
        equals < 0 ? ((await prompt.ask(`Enter new value for ${variable}: `)) ?? '') : setting.slice(equals + 1);
      await identify(client, username, password);
      const words = ['SET', 'VAR', ups, variable, value];
      await carryOut(client, { words, isAwaited: given.has('w'), kind: 'set variable', timeoutSeconds }, io);
    });
  });
}

async function showWritable(client: NutClient, ups: string, io: NutCommandIo): Promise<void> {
  for (const row of granted(await client.list('RW', ups))) {
    const [name, value] = row;
    if (name === undefined || value === undefined) throw insufficientData(row.length + 2, 4);
    const described = await client.get('DESC', ups, name);
    io.stdout.write(`[${name}]\n${described.ok ? described.value : 'Description unavailable'}\n`);
    for (const line of await typeLines(client, ups, name, value)) io.stdout.write(`${line}\n`);
    io.stdout.write('\n');
  }
}

/** What values a variable may take, and which it has. A range stands above choices, choices above a plain type. */
async function typeLines(client: NutClient, ups: string, name: string, value: string): Promise<string[]> {
  const reply = await client.command(['GET', 'TYPE', ups, name]);
  if (!reply.ok) return ['Type: unknown'];
  const types = reply.words.slice(3).filter((word) => word !== 'RW');
  const text = types.find((word) => word.startsWith('STRING:'));
  const limit = text === undefined ? [] : [`Maximum length: ${Number.parseInt(text.slice('STRING:'.length), 10)}`];
  if (types.includes('RANGE')) {
    const ranges = granted(await client.list('RANGE', ups, name));
    return [
      'Type: RANGE NUMBER',
      ...ranges.map(([low = '', high = '']) => {
        const [min, max, now] = [low, high, value].map((part) => Number.parseInt(part, 10) || 0) as [
          number,
          number,
          number,
        ];
        return `Option: "${min}-${max}"${min <= now && now <= max ? ' SELECTED' : ''}`;
      }),
    ];
  }
  if (types.includes('ENUM')) {
    const choices = granted(await client.list('ENUM', ups, name));
    const kind = text === undefined ? types.find((word) => word === 'NUMBER') : 'STRING';
    return [
      `Type: ENUM${kind === undefined ? '' : ` ${kind}`}`,
      ...limit,
      ...choices.map(([choice = '']) => `Option: "${choice}"${choice === value ? ' SELECTED' : ''}`),
    ];
  }
  if (text !== undefined) return ['Type: STRING', ...limit, `Value: ${value}`];
  const [plain = 'NUMBER'] = types;
  return plain === 'NUMBER' ? ['Type: NUMBER', `Value: ${value}`] : [`Type: ${plain} (unrecognized)`];
}
