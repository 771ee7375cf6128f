/** NUT's upsc: what a UPS says of itself, which UPSes a server has, who is logged in. */
import {
  banner,
  Failure,
  granted,
  insufficientData,
  type NutCommandIo,
  parseHost,
  parseShortOptions,
  parseUps,
  runNutCommand,
  withClient,
} from './nut-command.ts';

const UPS_HINT = 'Error: invalid UPS definition.\nRequired format: upsname[@hostname[:port]]';
const HOST_HINT = 'Error: invalid hostname.\nRequired format: [hostname[:port]]';

const USAGE = `
usage: upsc <ups> [<variable>]
       upsc -l | -L [<hostname>[:port]]
       upsc -c <ups>

Shows the variables of a UPS, or one of them.

  <ups>       <upsname>[@<hostname>[:<port>]]; the hostname is localhost where none is given
  <variable>  only this one, for example ups.status
  -l          the names of the UPSes of a server
  -L          the names with their descriptions
  -c          the addresses of the computers that are logged in to a UPS
  -V          the version
  -h          this help
`;

/** @returns exit status: 0, or 1 with the reason on standard error */
export async function runUpsc(argv: readonly string[], io: NutCommandIo): Promise<number> {
  const { given, operands, complaint } = parseShortOptions('upsc', 'hlLcV', argv);
  const [target, variable] = operands;
  const print = (line: string): void => void io.stdout.write(`${line}\n`);
  if (given.has('V')) {
    print(banner('upsc'));
    return 0;
  }
  if (complaint !== undefined || given.has('h')) {
    if (complaint !== undefined) io.stderr.write(`${complaint}\n`);
    print(`${banner('upsc')}\n${USAGE.trimEnd()}`);
    return 0;
  }
  return runNutCommand(io, async () => {
    if (given.has('l') || given.has('L')) await listUpses(target, given.has('L'), print);
    else if (given.has('c')) await listClients(target, print);
    else if (variable !== undefined) await showVariable(target, variable, print);
    else await showAll(target, print);
  });
}

type Print = (line: string) => void;

async function listUpses(target: string | undefined, isVerbose: boolean, print: Print): Promise<void> {
  await withClient(parseHost(target ?? 'localhost', HOST_HINT), async (client) => {
    for (const row of granted(await client.list('UPS'))) {
      const [name, description] = row;
      if (name === undefined || description === undefined) throw insufficientData(row.length + 1, 3);
      print(isVerbose ? `${name}: ${description}` : name);
    }
  });
}

async function listClients(target: string | undefined, print: Print): Promise<void> {
  const { ups, ...host } = parseUps(target, UPS_HINT);
  await withClient(host, async (client) => {
    for (const row of granted(await client.list('CLIENT', ups))) {
      const [address] = row;
      if (address === undefined) throw insufficientData(row.length + 2, 3);
      print(address);
    }
  });
}

async function showVariable(target: string | undefined, variable: string, print: Print): Promise<void> {
  const { ups, ...host } = parseUps(target, UPS_HINT);
  await withClient(host, async (client) => {
    if (!variable.includes('.')) throw new Failure('Error: old-style variable names are not supported');
    print(granted(await client.get('VAR', ups, variable)));
  });
}

async function showAll(target: string | undefined, print: Print): Promise<void> {
  const { ups, ...host } = parseUps(target, UPS_HINT);
  await withClient(host, async (client) => {
    for (const row of granted(await client.list('VAR', ups))) {
      const [name, value] = row;
      if (name === undefined || value === undefined) throw insufficientData(row.length + 2, 4);
      print(`${name}: ${value}`);
    }
  });
}
