/** NUT's upscmd: lists and sends instant commands. */
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
usage: upscmd -l <ups>
       upscmd [-u <username>] [-p <password>] [-w] [-t <seconds>] <ups> <command> [<value>]

Tells a UPS to do something.

  <ups>          <upsname>[@<hostname>[:<port>]]; the hostname is localhost where none is given
  <command>      for example test.battery.start.quick
  <value>        what some commands take, mostly a number of seconds
  -l             the commands of a UPS
  -u <username>  and -p <password>: asked for where they are not given
  -w             wait until the UPS was told, and say how it ended
  -t <seconds>   how long to wait with -w, 10 by default
  -V             the version
  -h             this help
`;

/** @returns exit status: 0, or 1 with the reason on standard error */
export async function runUpscmd(argv: readonly string[], io: NutCommandIo): Promise<number> {
  const { given, operands, complaint } = parseShortOptions('upscmd', 'lhu:p:t:wV', argv);
  const [target, command, value] = operands;
  if (given.has('V')) {
    io.stdout.write(`${banner('upscmd')}\n`);
    return 0;
  }
  return runNutCommand(io, async () => {
    const timeoutSeconds = parseTimeout(given.get('t'));
    const isComplete = target !== undefined && (given.has('l') || command !== undefined);
    if (complaint !== undefined || given.has('h') || !isComplete) {
      if (complaint !== undefined) io.stderr.write(`${complaint}\n`);
      io.stdout.write(`${banner('upscmd')}\n${USAGE}`);
      return;
    }
    const { ups, ...host } = parseUps(target, UPS_HINT);
    await withClient(host, async (client) => {
      if (given.has('l') || command === undefined) {
        const rows = granted(await client.list('CMD', ups));
        io.stdout.write(`Instant commands supported on UPS [${ups}]:\n\n`);
        for (const row of rows) {
          const [name] = row;
          if (name === undefined) throw insufficientData(row.length + 2, 3);
          const described = await client.get('CMDDESC', ups, name);
          io.stdout.write(`${name} - ${described.ok ? described.value : 'Description unavailable'}\n`);
        }
        return;
      }
      if (!command.includes('.')) throw new Failure('Error: old command names are not supported');
      const prompt = new Prompt(io);
      const username = given.get('u') ?? (await askUsername(prompt));
      if (username === undefined) throw new Failure('Error reading from stdin!');
      const password = given.get('p') ?? (await prompt.askSecret('Password: ')) ?? '';
      await identify(client, username, password);
      const words = ['INSTCMD', ups, command, ...(value === undefined ? [] : [value])];
      await carryOut(client, { words, isAwaited: given.has('w'), kind: 'command', timeoutSeconds }, io);
    });
  });
}
