import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { asSeconds } from '#domain/units.ts';
import { NOTIFY_TYPES } from './notify-types.ts';
import { NUT_MODES, ROLE_ACTIONS, USER_ACTIONS } from './nut-conf.ts';
import { readNutFileConf, writeNutFileConf } from './nut-file-conf.ts';
import { Problems } from './problem.ts';
import { readUpsConf, writeUpsConf } from './ups-conf.ts';
import { readUpsdConf, UPSD_DEFAULTS, writeUpsdConf } from './upsd-conf.ts';
import { readUpsdUsers, writeUpsdUsers } from './upsd-users.ts';
import { readUpsmonConf, UPSMON_DEFAULTS, writeUpsmonConf } from './upsmon-conf.ts';
import { readUpsschedConf } from './upssched-conf.ts';

const printable = fc.string({
  unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
  minLength: 1,
  maxLength: 80,
});
/** `=` in front of other words reads as an assignment in the files that have none. */
const firstWord = printable.filter((text) => text !== '=');
const name = fc.stringMatching(/^[A-Za-z0-9_.-]{1,20}$/);
const seconds = fc.integer({ min: 0, max: 1_000_000 }).map(asSeconds);
const port = fc.integer({ min: 1, max: 65535 });

/** Where a thing stood differs from one text to the next. */
const withoutOrigin = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (key, inner: unknown) =>
      /^origin$|Origin$/.test(key) ? undefined : inner instanceof Set ? [...inner].sort() : inner,
    ),
  );

const readBack = (reader: (bytes: Uint8Array, problems: Problems) => unknown, text: string): unknown =>
  withoutOrigin(reader(Buffer.from(text), new Problems('file')));

describe('what is written is read back the same', () => {
  test('ups.conf', () => {
    const ups = fc.record(
      {
        name: name.filter((text) => text.toLowerCase() !== 'default'),
        // A driver that is not known here, so that its options are taken as they are.
        driver: name.map((text) => `my-${text}`),
        port: printable,
        description: printable,
        options: fc.dictionary(
          fc.stringMatching(/^[a-z_][a-z0-9_.-]{0,20}$/).filter((text) => !['driver', 'port', 'desc'].includes(text)),
          fc.oneof(printable, fc.constant(true as const)),
          { maxKeys: 6 },
        ),
      },
      { requiredKeys: ['name', 'driver', 'port', 'options'] },
    );
    const list = fc.uniqueArray(ups, { selector: (one) => one.name.toLowerCase(), maxLength: 5 });
    fc.assert(
      fc.property(list, (configured) => {
        const usable = configured.map((one) => ({
          ...one,
          options: Object.fromEntries(
            Object.entries(one.options).filter(([key, value]) => value !== true || !/^(default|override)\../.test(key)),
          ),
        }));
        expect(readBack(readUpsConf, writeUpsConf(usable))).toEqual(withoutOrigin({ ups: usable, global: {} }));
      }),
    );
  });

  test('upsd.conf', () => {
    const conf = fc.record(
      {
        listen: fc.array(fc.record({ address: fc.oneof(fc.ipV4(), fc.ipV6(), fc.constant('*'), fc.domain()), port })),
        maxAge: seconds,
        trackingDelay: seconds,
        maxConn: fc.integer({ min: 1, max: 10_000 }),
        allowNoDevice: fc.boolean(),
        allowNotAllListeners: fc.boolean(),
        statePath: printable,
        certFile: printable,
        certPath: printable,
        certIdent: fc.record({ name: firstWord, password: printable }),
        certRequest: fc.constantFrom('no' as const, 'request' as const, 'require' as const),
        disableWeakSsl: fc.boolean(),
        debugMin: fc.nat(9),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(conf, (given) => {
        const whole = { ...UPSD_DEFAULTS, ...given };
        expect(readBack(readUpsdConf, writeUpsdConf(whole))).toEqual(withoutOrigin(whole));
      }),
    );
  });

  test('upsd.users', () => {
    const user = fc
      .record(
        {
          name,
          password: printable,
          actions: fc.uniqueArray(fc.constantFrom(...USER_ACTIONS)),
          instcmds: fc.oneof(
            fc.constant('ALL' as const),
            fc
              .uniqueArray(fc.stringMatching(/^[a-z][a-z0-9.]{0,20}$/))
              .map((names) => new Set(names.filter((one) => one !== 'all'))),
          ),
          upsmon: fc.constantFrom('primary' as const, 'secondary' as const),
        },
        { requiredKeys: ['name', 'actions', 'instcmds'] },
      )
      .map((one) => ({
        ...one,
        actions: new Set([...one.actions, ...(one.upsmon === undefined ? [] : ROLE_ACTIONS[one.upsmon])]),
      }));
    fc.assert(
      fc.property(fc.uniqueArray(user, { selector: (one) => one.name }), (users) => {
        expect(readBack(readUpsdUsers, writeUpsdUsers(users))).toEqual(withoutOrigin(users));
      }),
    );
  });

  test('upsmon.conf', () => {
    const monitor = fc.record({
      ups: name,
      host: fc.oneof(fc.ipV4(), fc.ipV6(), fc.domain()),
      port,
      powerValue: fc.nat(9),
      user: printable,
      password: printable,
      role: fc.constantFrom('primary' as const, 'secondary' as const),
    });
    const signed = fc.integer({ min: -1, max: 100_000 }).map(asSeconds);
    const conf = fc.record(
      {
        monitors: fc.uniqueArray(monitor, { selector: (one) => `${one.ups}@${one.host}:${one.port}`.toLowerCase() }),
        minSupplies: fc.nat(9),
        shutdownCmd: printable,
        shutdownExit: fc.oneof(fc.constantFrom('yes' as const, 'no' as const), seconds),
        notifyCmd: fc.tuple(firstWord, fc.array(printable, { maxLength: 4 })).map(([first, rest]) => [first, ...rest]),
        notifyMsg: fc.dictionary(fc.constantFrom(...NOTIFY_TYPES), printable),
        notifyFlag: fc.dictionary(
          fc.constantFrom(...NOTIFY_TYPES),
          fc.constantFrom(
            ['IGNORE' as const],
            ['SYSLOG' as const],
            ['SYSLOG' as const, 'WALL' as const, 'EXEC' as const],
          ),
        ),
        pollFreq: seconds,
        hostSync: seconds,
        finalDelay: seconds,
        powerDownFlag: printable,
        offDuration: signed,
        overDuration: signed,
        alarmCritical: fc.boolean(),
        runAsUser: printable,
        forceSsl: fc.boolean(),
        certIdent: fc.record({ name: firstWord, password: printable }),
        certHosts: fc.array(
          fc.record({ host: fc.domain(), certName: printable, isVerified: fc.boolean(), isForced: fc.boolean() }),
        ),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(conf, (given) => {
        const whole = { ...UPSMON_DEFAULTS, ...given };
        expect(readBack(readUpsmonConf, writeUpsmonConf(whole))).toEqual(withoutOrigin(whole));
      }),
    );
  });

  test('nut.conf', () => {
    const variables = fc.dictionary(
      fc.stringMatching(/^[A-Z_][A-Z0-9_]{0,20}$/).filter((text) => text !== 'MODE'),
      fc.oneof(printable, fc.string()).filter((text) => !text.includes('\r') && !text.includes('\0')),
    );
    fc.assert(
      fc.property(fc.constantFrom(...NUT_MODES), variables, (mode, values) => {
        const conf = { mode, variables: values };
        expect(readBack(readNutFileConf, writeNutFileConf(conf))).toEqual(withoutOrigin(conf));
      }),
    );
  });
});

describe('any bytes', () => {
  const readers = {
    readUpsConf,
    readUpsdConf,
    readUpsdUsers,
    readUpsmonConf,
    readUpsschedConf,
    readNutFileConf,
  };
  const lines = fc
    .array(
      fc.oneof(
        fc.constantFrom(
          '[a]',
          'driver = demo',
          'port = x',
          'MONITOR',
          'CMDSCRIPT x',
          'AT ONBATT * START-TIMER',
          'LISTEN',
          'NOTIFYFLAG ONBATT',
          'upsmon',
          'MODE=',
          '=',
        ),
        fc.string(),
      ),
    )
    .map((all) => Buffer.from(all.join('\n')));

  test.each(Object.entries(readers))('give %s a result and problems with a line of the file', (_, reader) => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 400 }), lines), (bytes) => {
        const problems = new Problems('file');
        reader(bytes, problems);
        const count = Buffer.from(bytes).toString('latin1').split('\n').length;
        for (const problem of problems.list()) {
          expect(problem.line).toBeGreaterThanOrEqual(1);
          expect(problem.line).toBeLessThanOrEqual(count);
          if (!bytes.includes(0x7b)) expect(`${problem.message} ${problem.fix}`).not.toContain('{');
        }
      }),
    );
  });
});
