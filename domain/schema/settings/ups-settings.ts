/**
 * One UPS as the options form has it. The names are those of the TrueNAS UPS service, whose form it is; what they mean
 * to NUT stands beside them.
 */
import { z } from 'zod';
import { AsciiLine, HostName, Lines, missingBecause, NutUserName, Port, wants, WholeNumber, YesNo } from './parts.ts';

/** Who has the cable: this computer (NUT: primary), or another one (secondary). */
export const UPS_MODES = ['MASTER', 'SLAVE'] as const;
/** When this computer goes down: some time after the mains failed, or once the battery is low. */
export const SHUTDOWN_MODES = ['BATT', 'LOWBATT'] as const;
/** What is done when it is time. `command`: only the shutdown command is run. */
export const SHUTDOWN_ACTIONS = [
  'shutdown',
  'hibernate',
  'sleep',
  'hybrid-sleep',
  'restart',
  'command',
  'nothing',
] as const;

/** A day: nobody waits longer for the mains, and a slip of the hand is caught. */
export const LONGEST_TIMER = 86_400;
/** An hour, for what holds a shutdown up. */
export const LONGEST_WAIT = 3_600;

/** A name under which clients ask for a UPS: a section of ups.conf. */
const Identifier = z
  .string(wants('expected.identifier'))
  .max(120, wants('expected.shorter-text'))
  .regex(/^[a-z0-9._-]+$/i, wants('expected.identifier'))
  .refine((name) => name.toLowerCase() !== 'default', wants('expected.identifier-not-reserved'));

const EmailAddress = z.email(wants('expected.email')).max(254, wants('expected.shorter-text'));

const ShellLine = z
  .string(wants('expected.text'))
  .max(1024, wants('expected.shorter-text'))
  .regex(/^\P{Cc}*$/u, wants('expected.one-line'))
  .default('');

/** @param secret how a password is written here: the text, a reference to it, or whether there is one */
export const upsSettings = <Secret extends z.ZodType>(secret: Secret) =>
  z
    .strictObject({
      /** Given once; history follows it when the UPS is renamed. */
      id: z.string(wants('expected.text')).regex(/^[a-z0-9-]{1,40}$/, wants('expected.text')),
      /** `upsc IDENTIFIER`. As a secondary: the name on the other server. */
      identifier: Identifier,
      /** Further names under which this computer's NUT server answers for it. */
      aliases: z.array(Identifier, wants('expected.list')).max(20, wants('expected.fewer')).default([]),
      mode: z.enum(UPS_MODES, wants('expected.one-of')).default('MASTER'),
      /** Driver name, further options behind it (`genericups upstype=4`), and `$` with the model as TrueNAS writes it. */
      driver: AsciiLine(1024).default(''),
      /** `auto`, a device path, `recording:DIR`, a host name: what the driver takes. */
      port: z.string(wants('expected.text')).max(1024, wants('expected.shorter-text')).default(''),
      /** Where the server is, as a secondary. */
      remotehost: z.union([z.literal(''), HostName], wants('expected.host')).default(''),
      /** Port of that server; the own server's is `server.remoteport`. */
      remoteport: Port.default(3493),
      /** Account on that server; the own server's is `server.monuser`. */
      monuser: NutUserName.default('upsmon'),
      monpwd: secret,
      shutdown: z.enum(SHUTDOWN_MODES, wants('expected.one-of')).default('BATT'),
      /** Seconds on battery. */
      shutdowntimer: WholeNumber(0, LONGEST_TIMER).default(30),
      /** Empty: the system's own way. */
      shutdowncmd: ShellLine,
      /** A line for the shell that runs before the action, and one after it; empty: none. */
      shutdownbefore: ShellLine,
      shutdownafter: ShellLine,
      /** Seconds after which each of the two is ended: the shutdown goes on without it. */
      shutdownextratimeout: WholeNumber(1, LONGEST_WAIT).default(30),
      shutdownaction: z.enum(SHUTDOWN_ACTIONS, wants('expected.one-of')).default('shutdown'),
      /** Also at this charge in percent; 0: whatever the charge. */
      shutdowncharge: WholeNumber(0, 99).default(0),
      /** Also at this remaining runtime in seconds; 0: whatever the runtime. */
      shutdownruntime: WholeNumber(0, LONGEST_TIMER).default(0),
      /** Outages shorter than this, in seconds, are none. */
      shutdownignore: WholeNumber(0, LONGEST_WAIT).default(0),
      /** Cut the power of the UPS after the shutdown, so that everything starts when the mains return. */
      powerdown: YesNo.default(false),
      /** Seconds after which lost contact is told, and told again; absent: 300. */
      nocommwarntime: WholeNumber(1, LONGEST_TIMER).optional(),
      /** Seconds the primary waits for secondaries, and a secondary for the primary. */
      hostsync: WholeNumber(0, LONGEST_WAIT).default(15),
      /** Clients, and NUT's files, have it in ASCII. */
      description: z
        .string(wants('expected.text'))
        .max(120, wants('expected.shorter-text'))
        .regex(/^\P{Cc}*$/u, wants('expected.one-line'))
        .default(''),
      /** Further lines of ups.conf. */
      options: Lines.default(''),
      emailnotify: YesNo.default(false),
      toemail: z.array(EmailAddress, wants('expected.emails')).max(50, wants('expected.fewer')).default([]),
      /** `%d` is the date, `%h` the name of this computer. */
      subject: z
        .string(wants('expected.text'))
        .max(120, wants('expected.shorter-text'))
        .regex(/^\P{Cc}*$/u, wants('expected.one-line'))
        .default('UPS report generated by %h'),
    })
    .superRefine((ups, context) => {
      const needed = ups.mode === 'MASTER' ? (['driver', 'port'] as const) : (['remotehost'] as const);
      for (const key of needed) {
        if (ups[key] === '') context.addIssue(missingBecause([key], { key: 'mode', value: ups.mode }));
      }
      if (ups.emailnotify && ups.toemail.length === 0) {
        context.addIssue(missingBecause(['toemail'], { key: 'emailnotify', value: 'true' }));
      }
      if (ups.shutdownaction === 'command' && ups.shutdowncmd === '') {
        context.addIssue(missingBecause(['shutdowncmd'], { key: 'shutdownaction', value: 'command' }));
      }
    });
