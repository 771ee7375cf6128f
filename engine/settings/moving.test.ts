/** Settings moved out and in again, and whatever else is moved in: property-based. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Settings } from '#domain/schema/settings/settings.ts';
import { SHUTDOWN_ACTIONS } from '#domain/schema/settings/ups-settings.ts';
import { checkSettings, describeFieldProblem } from './check-settings.ts';
import { fitSettings, moveIn } from './move-in.ts';
import { readNutConf } from './nut-conf/read-nut-conf.ts';
import { fromTrueNas } from './truenas-to-settings.ts';
import { NONE, newId, errorsOf, settingsOf, folderOf, fromFiles, filesOf, TRUENAS } from './moving-test-support.ts';

describe('there and back', () => {
  const printable = (minLength: number, maxLength: number) =>
    fc.string({
      unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
      minLength,
      maxLength,
    });
  const word = fc.stringMatching(/^[A-Za-z0-9_.-]{1,30}$/).filter((name) => name.toLowerCase() !== 'default');
  const password = fc
    .string({
      unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
      minLength: 1,
      maxLength: 128,
    })
    .filter((text) => !/[#="\\]/.test(text));
  const host = fc
    .oneof(fc.ipV4(), fc.ipV6(), fc.domain())
    .filter((name) => !/^(?:127\.|::1$|0:0:0:0:0:0:0:1$)/.test(name));
  const userName = fc.stringMatching(/^[A-Za-z0-9_.@/-]{1,50}$/);
  const timing = {
    shutdown: fc.constantFrom('BATT', 'LOWBATT'),
    shutdowntimer: fc.integer({ min: 0, max: 86_400 }),
    shutdownaction: fc.constantFrom(...SHUTDOWN_ACTIONS.filter((action) => action !== 'command')),
    hostsync: fc.integer({ min: 0, max: 3600 }),
    nocommwarntime: fc.option(
      fc.integer({ min: 1, max: 86_400 }).filter((time) => time !== 300),
      { nil: undefined },
    ),
    description: printable(0, 120),
  };
  /** Given to the UPSes of this computer below, where nobody else has them. */
  const aliases = fc.uniqueArray(word, { selector: (name) => name.toLowerCase(), maxLength: 4 });
  const option = fc.tuple(
    fc.stringMatching(/^(?:override|default)\.[a-z]{1,12}(?:\.[a-z]{1,12}){0,2}$/),
    printable(1, 500),
  );
  const primary = fc.record({
    ...timing,
    identifier: word,
    mode: fc.constant('MASTER'),
    driver: fc.constantFrom('usbhid-ups', 'my-driver', 'snmp-ups'),
    port: printable(1, 512),
    powerdown: fc.boolean(),
    options: fc
      .uniqueArray(option, { maxLength: 5, selector: ([name]) => name })
      .map((list) => list.map(([name, value]) => `${name} = "${value.replace(/["\\#]/g, '\\$&')}"`).join('\n')),
  });
  const secondary = fc.record({
    ...timing,
    identifier: word,
    mode: fc.constant('SLAVE'),
    remotehost: host,
    remoteport: fc.integer({ min: 1, max: 65_535 }),
    monuser: userName,
    monpwd: fc.option(password, { nil: undefined }),
  });
  const user = fc.record({
    name: userName,
    password,
    actions: fc.subarray(['SET', 'FSD']),
    instcmds: fc.oneof(
      fc.constant(['ALL']),
      fc.uniqueArray(
        fc.stringMatching(/^[a-z][a-z0-9.]{0,20}$/).filter((name) => name !== 'all'),
        { maxLength: 40 },
      ),
    ),
    upsmon: fc.constantFrom('none', 'primary', 'secondary'),
  });
  const server = fc
    .record({
      rmonitor: fc.boolean(),
      remoteport: fc.integer({ min: 1, max: 65_535 }),
      monuser: userName,
      monpwd: password.filter((text) => text !== 'fixmepass'),
      users: fc.uniqueArray(user, { selector: ({ name }) => name, maxLength: 4 }),
      optionsupsd: fc.constantFrom('', 'MAXAGE 25\n', 'TRACKINGDELAY 60\nMAXCONN 7\n', 'STATEPATH "/var/a b"\n'),
    })
    .map((one) => ({ ...one, users: one.users.filter(({ name }) => name !== one.monuser) }));
  const settings = fc
    .record({
      ups: fc.uniqueArray(fc.oneof(primary, secondary), {
        selector: ({ identifier }) => identifier.toLowerCase(),
        minLength: 1,
        maxLength: 4,
      }),
      server,
      aliases,
    })
    .map(({ ups, server: common, aliases: names }) => {
      const taken = new Set(ups.map(({ identifier }) => identifier.toLowerCase()));
      const free = names.filter((name) => !taken.has(name.toLowerCase()));
      // UPSes of this computer come first in NUT's files.
      const sorted = ups.toSorted((a, b) => a.mode.localeCompare(b.mode));
      const here = sorted.filter(({ mode }) => mode === 'MASTER').length;
      return Settings.parse({
        ups: sorted.map((one, index) => ({
          ...one,
          id: `u${index}`,
          ...(one.mode === 'MASTER' ? { aliases: free.filter((_, place) => place % here === index) } : {}),
        })),
        server: common,
      });
    })
    .filter((one) => !checkSettings(one).some(({ severity }) => severity === 'error'));

  test('settings, NUT files, settings: the same files again, and no complaint about any line', async () => {
    await fc.assert(
      fc.asyncProperty(settings, async (given) => {
        const files = filesOf(given);
        const conf = await readNutConf(folderOf(files));
        expect(conf.problems.filter(({ severity }) => severity === 'error')).toEqual([]);
        const moved = await fromFiles(files);
        expect(errorsOf(moved)).toEqual([]);
        expect(filesOf(settingsOf(moved))).toEqual(filesOf(given));
        const namesOf = ({ ups }: Settings): unknown => ups.map(({ identifier, aliases: also }) => [identifier, also]);
        if (given.ups.some(({ mode }) => mode === 'MASTER')) expect(namesOf(settingsOf(moved))).toEqual(namesOf(given));
      }),
      { numRuns: 150 },
    );
  });

  test('the form of one UPS comes back field by field', async () => {
    const one = fc
      .record({ ups: fc.oneof(primary, secondary), server })
      .map(({ ups, server: common }) => Settings.parse({ ups: [{ ...ups, id: 'u' }], server: common }));
    await fc.assert(
      fc.asyncProperty(
        one.filter((given) => !checkSettings(given).some(({ severity }) => severity === 'error')),
        async (given) => {
          const [before] = given.ups;
          const {
            ups: [after],
            server: common,
          } = settingsOf(await fromFiles(filesOf(given)));
          // `nothing` has no timer; upsd.conf says once what is the rule here.
          const isActing = before?.shutdownaction !== 'nothing';
          const timed = isActing && before?.shutdown === 'BATT';
          expect(after).toMatchObject({
            identifier: before?.identifier,
            mode: before?.mode,
            driver: before?.driver,
            port: before?.port,
            remotehost: before?.remotehost,
            shutdown: timed ? 'BATT' : 'LOWBATT',
            ...(timed ? { shutdowntimer: before.shutdowntimer } : {}),
            shutdownaction: before?.shutdownaction,
            powerdown: before?.powerdown,
            hostsync: before?.hostsync,
            ...(before?.nocommwarntime === undefined ? {} : { nocommwarntime: before.nocommwarntime }),
            ...(before?.mode === 'MASTER'
              ? { description: before.description, options: before.options }
              : { monuser: before?.monuser, remoteport: before?.remoteport }),
          });
          if (before?.mode === 'MASTER') {
            const { monpwd, monuser, rmonitor, remoteport, optionsupsd } = given.server;
            expect(common).toMatchObject({ monpwd, monuser, rmonitor, remoteport, optionsupsd });
            expect(common.users.map(({ name, password: pw, upsmon }) => [name, pw, upsmon])).toEqual(
              given.server.users.map(({ name, password: pw, upsmon }) => [name, pw, upsmon]),
            );
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  test('TrueNAS, settings, NUT files: whatever it holds is either told by key or stands in the files', () => {
    const answer = fc.record({
      identifier: fc.oneof(word, printable(1, 40)),
      mode: fc.constantFrom('MASTER', 'SLAVE'),
      driver: fc.constantFrom('usbhid-ups$Model', 'genericups upstype=4$APC (x)', 'blazer_ser$A / B', ''),
      port: fc.oneof(fc.constantFrom('auto', '/dev/ttyS0'), fc.string()),
      remotehost: fc.oneof(fc.domain(), fc.string({ maxLength: 50 })),
      remoteport: fc.integer({ min: 1, max: 65_535 }),
      shutdown: fc.constantFrom('BATT', 'LOWBATT'),
      shutdowntimer: fc.integer({ min: -100, max: 1_000_000 }),
      shutdowncmd: fc.option(fc.string({ maxLength: 255 })),
      powerdown: fc.boolean(),
      nocommwarntime: fc.option(fc.integer({ min: -1, max: 1_000_000 })),
      hostsync: fc.integer({ min: 0, max: 10_000 }),
      description: fc.oneof(printable(0, 120), fc.string({ unit: 'grapheme', maxLength: 120 })),
      monuser: fc.oneof(userName, fc.string({ maxLength: 50 })),
      monpwd: fc.oneof(password, fc.constant('fixmepass'), fc.string({ maxLength: 50 })),
      rmonitor: fc.boolean(),
      toemail: fc.oneof(fc.emailAddress(), fc.array(fc.emailAddress(), { maxLength: 3 }), fc.string({ maxLength: 20 })),
      emailnotify: fc.boolean(),
      subject: fc.string({ maxLength: 120 }),
    });
    fc.assert(
      fc.property(answer, (given) => {
        const moved = fromTrueNas(JSON.stringify({ ...TRUENAS, ...given }), 'ups.json');
        const { settings: read, problems } = moveIn(NONE, moved, newId);
        expect(Settings.parse(read)).toEqual(read);
        if (problems.some(({ severity }) => severity === 'error')) {
          // An entry of a list that cannot be used is told as it was given, and may hold any sign.
          const told = problems.map((problem) => describeFieldProblem(problem).replace(/".*" cannot/, 'it cannot'));
          for (const text of told) expect(text).not.toMatch(/undefined|\{/);
          return;
        }
        const files = filesOf(read);
        expect(files['upsmon.conf']).toContain(given.mode === 'MASTER' ? 'primary' : 'secondary');
        expect(files['upsmon.conf']).toContain(`HOSTSYNC ${Math.min(3600, given.hostsync)}`.replace('HOSTSYNC 15', ''));
        const isTimed = given.shutdown === 'BATT' && given.shutdowntimer >= 0;
        expect(files['upssched.conf'] ?? '').toContain(isTimed ? `${Math.min(86_400, given.shutdowntimer)}\n` : '');
        expect(Object.hasOwn(files, 'upssched.conf')).toBe(isTimed);
        expect(Object.hasOwn(files, 'ups.conf')).toBe(given.mode === 'MASTER');
        expect(Object.values(files).join()).not.toContain('fixmepass'.repeat(given.mode === 'MASTER' ? 1 : 99));
      }),
      { numRuns: 300 },
    );
  });
});

test('whatever is given, what does not fit is told and the rest can be used', () => {
  fc.assert(
    fc.property(
      fc.jsonValue(),
      fc.jsonValue(),
      fc.constantFrom('ups', 'server', 'mail', 'web', 'other'),
      (one, other, key) => {
        const given = {
          ups: [
            { id: 'a', identifier: 'a', driver: 'demo', port: 'x', [key]: one },
            { id: 'b', identifier: 'a', mode: 'SLAVE' },
          ],
          [key]: other,
        };
        const { settings, problems } = fitSettings(given);
        expect(Settings.parse(settings)).toEqual(settings);
        if (key !== 'ups') expect(problems.length).toBeGreaterThan(0);
      },
    ),
    { numRuns: 300 },
  );
});
