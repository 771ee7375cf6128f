import { connect } from 'node:net';

/**
 * Puts lines of the NUT protocol to the server on this machine. Written without the program's own client, so that both
 * ends cannot be wrong in the same way.
 * @returns everything that was answered before the server's goodbye
 */
export async function askNut(port: number, ...lines: string[]): Promise<string[]> {
  const socket = connect(port, '127.0.0.1');
  socket.setEncoding('utf8').setTimeout(10_000, () => socket.destroy(new Error('the NUT server is silent')));
  socket.write([...lines, 'LOGOUT', ''].join('\n'));
  let text = '';
  for await (const chunk of socket) text += chunk as string;
  return text.split('\n').slice(0, -2);
}

/** All variables of a UPS. @throws Error with the server's words, for example `ERR DATA-STALE` */
export async function listVariables(port: number, ups: string): Promise<Map<string, string>> {
  const answer = await askNut(port, `LIST VAR ${ups}`);
  if (answer[0]?.startsWith('ERR')) throw new Error(answer[0]);
  const found = answer.map((line) => /^VAR \S+ (\S+) "(.*)"$/.exec(line)).filter((match) => match !== null);
  return new Map(found.map(([, name, value]) => [name!, value!]));
}
