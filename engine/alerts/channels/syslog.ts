/** Messages to the log of this computer, or to a computer that collects logs. Source: RFC 5424, 5426, 6587. */
import { createSocket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { connect, isIPv6 } from 'node:net';
import { hostname } from 'node:os';
import { AlertError } from '#domain/errors.ts';
import { phrase } from '#domain/messages/message.ts';
import type { ChannelSettings } from '#domain/schema/settings/settings.ts';
import type { SystemPower } from '#engine/ports.ts';
import { reasonOf } from '#engine/system-reason.ts';
import type { Channel, OutMessage } from '../outbox.ts';
import { nameOf } from './http-forms.ts';

const PORT = 514;
const PATIENCE_MS = 20_000;
const DAEMON = 3;
/** Receivers may cut more off than this. */
const LONGEST_BYTES = 2048;

/** @param logger the program that writes to the system's log; the words behind it are put in front of the others */
export function createSyslogChannel(
  settings: ChannelSettings,
  power: Pick<SystemPower, 'run'>,
  logger: readonly string[] = ['logger'],
  platform: NodeJS.Platform = process.platform,
): Channel {
  const { id, transport, host, port = PORT } = settings;
  const fault = { channel: nameOf(settings), server: `${host}:${port}` };
  const unreachable = (error: unknown): AlertError =>
    new AlertError('alert/unreachable', { ...fault, reason: reasonOf(error) }, error);

  const sendLocally = async (messages: readonly OutMessage[]): Promise<void> => {
    if (platform === 'win32') throw new AlertError('alert/no-syslog', { channel: fault.channel });
    for (const one of messages) {
      // Journal and syslog daemons both listen to it, and every Unix has it.
      const words = [...logger, '-t', 'ridethrough', '-p', `daemon.${severityOf(one).word}`, '--', lineOf(one)];
      const failure = await power.run(words, {});
      if (failure === undefined) continue;
      throw new AlertError('alert/command', { channel: fault.channel, command: 'logger', reason: failure });
    }
  };

  return {
    id,
    async send(messages) {
      if (transport === 'local') return sendLocally(messages);
      try {
        if (transport === 'udp') await sendByUdp(host, port, messages.map(frameOf));
        // The length stands before each: a message may hold a line end.
        else
          await sendByTcp(
            host,
            port,
            messages.map(frameOf).map((frame) => `${Buffer.byteLength(frame)} ${frame}`),
          );
      } catch (error) {
        throw unreachable(error);
      }
    },
  };
}

function severityOf({ stage, severity }: OutMessage): { readonly number: number; readonly word: string } {
  if (stage === 'end' || severity === 'info') return { number: 5, word: 'notice' };
  return severity === 'danger' ? { number: 2, word: 'crit' } : { number: 4, word: 'warning' };
}

/** One line: logs are read by lines. */
const lineOf = ({ title, brief }: OutMessage): string =>
  [title, ...brief.split('\n')].filter((line) => line !== '').join(' ');

/** `<26>1 2026-11-22T15:00:05.000Z host ridethrough 1234 ONBATT - …` */
function frameOf(one: OutMessage): string {
  const priority = DAEMON * 8 + severityOf(one).number;
  const head = `<${priority}>1 ${new Date(one.at).toISOString()} ${hostname()} ridethrough ${process.pid} ${one.event} -`;
  let text = lineOf(one);
  while (Buffer.byteLength(`${head} \uFEFF${text}`) > LONGEST_BYTES) text = text.slice(0, -16);
  return `${head} \uFEFF${text}`;
}

/** Whether it arrives nobody can tell; that there is no such computer can be told. */
async function sendByUdp(host: string, port: number, frames: readonly string[]): Promise<void> {
  const { address, family } = await lookup(host);
  const socket = createSocket(family === 6 || isIPv6(address) ? 'udp6' : 'udp4');
  try {
    // Connected, so that a port on which nobody listens is heard of where the system says so.
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.connect(port, address, resolve);
    });
    for (const frame of frames) {
      await new Promise<void>((resolve, reject) => {
        socket.send(frame, (error) => (error ? reject(error) : resolve()));
      });
    }
  } finally {
    socket.close();
  }
}

function sendByTcp(host: string, port: number, frames: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    socket.setTimeout(PATIENCE_MS, () => socket.destroy(new SyslogTimeout()));
    socket.once('error', reject);
    // Closed by both sides: a receiver that has gone away resets instead.
    socket.once('close', () => resolve());
    socket.once('connect', () => socket.end(frames.join('')));
    socket.resume();
  });
}

class SyslogTimeout extends Error {
  readonly code = 'ETIMEDOUT';
  constructor() {
    super(phrase('reason.no-answer-in-time', {}).phrase);
  }
}
