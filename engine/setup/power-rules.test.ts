import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { textIn } from '#domain/messages/message.ts';
import {
  hasHidBattery,
  kdeRules,
  macRules,
  rulesInTheWay,
  upowerRules,
  windowsRules,
  type LowBattery,
  type PowerRule,
} from './power-rules.ts';

const fixture = (name: string): Promise<string> =>
  readFile(new URL(`../../tests/fixtures/power-rules/${name}`, import.meta.url), 'utf8');

const brief = (rules: readonly PowerRule[]) => rules.map(({ id, action, at }) => [id, action, at]);
const said = (rules: readonly PowerRule[], low: LowBattery = {}, locale: 'en' | 'de' = 'en') =>
  rulesInTheWay(rules, low).map(({ effect }) => textIn(effect, locale));

const PATH = '/etc/UPower/UPower.conf';
const upower = (...texts: readonly string[]) =>
  upowerRules(texts.map((text, index) => ({ path: index === 0 ? PATH : `${PATH}.d/${index}0-own.conf`, text })));

describe('UPower', () => {
  test('as it comes acts at 2 %', async () => {
    expect(brief(upower(await fixture('UPower.conf')))).toEqual([['upower', 'hybrid-sleep', { charge: 2 }]]);
    expect(brief(upower(''))).toEqual([['upower', 'hybrid-sleep', { charge: 2 }]]);
  });

  const EARLY = '[UPower]\nPercentageLow=30\nPercentageCritical=25\nPercentageAction=20\n';
  test.each([
    [EARLY, 20, 'hybrid-sleep'],
    [`${EARLY}CriticalPowerAction=PowerOff\n`, 20, 'shutdown'],
    [`${EARLY}CriticalPowerAction=Suspend\nAllowRiskyCriticalPowerAction=true\n`, 20, 'sleep'],
    // What is risky has to be allowed.
    [`${EARLY}CriticalPowerAction=Suspend\nAllowRiskyCriticalPowerAction=false\n`, 20, 'hybrid-sleep'],
    [`${EARLY}CriticalPowerAction=Ignore\nAllowRiskyCriticalPowerAction=false\n`, 20, 'hybrid-sleep'],
    // Limits that do not fall are as UPower has them.
    ['[UPower]\nPercentageAction=20\n', 2, 'hybrid-sleep'],
    [EARLY.replace('=20', '=soon'), 2, 'hybrid-sleep'],
    ['[UPower]\n# PercentageAction=4\n', 2, 'hybrid-sleep'],
    ['[Other]\nPercentageAction=4\n', 2, 'hybrid-sleep'],
  ])('%j acts at %s %%: %s', (text, charge, action) => {
    expect(brief(upower(text))).toEqual([['upower', action, { charge }]]);
  });

  test('by time where it is told to', () => {
    const text = '[UPower]\nUsePercentageForPolicy=false\nTimeAction=200\n';
    expect(brief(upower(text))).toEqual([['upower', 'hybrid-sleep', { runtime: 200 }]]);
    expect(upower(text)[0]?.command).toContain('TimeAction=60');
  });

  test('does nothing where it is told to ignore it', () => {
    expect(upower(`${EARLY}CriticalPowerAction=Ignore\n`)).toEqual([]);
    expect(upower(EARLY, '[UPower]\nAllowRiskyCriticalPowerAction=true\nCriticalPowerAction=Ignore\n')).toEqual([]);
  });

  test('the last of its files counts, and is the one to change', () => {
    const [rule] = upower(EARLY, '[UPower]\nPercentageAction=10\n');
    expect(rule).toMatchObject({ at: { charge: 10 } });
    expect(rule?.command).toBe(
      `sudo sed -i 's/^ *PercentageAction *=.*/PercentageAction=2/' ${PATH}.d/10-own.conf && sudo systemctl restart upower`,
    );
  });
});

test.each([
  ['', [['kde', 'hibernate', { charge: 5 }]]],
  ['[BatteryManagement]\nBatteryCriticalAction=8\nBatteryCriticalLevel=15\n', [['kde', 'shutdown', { charge: 15 }]]],
  ['[BatteryManagement]\nBatteryCriticalAction=0\nBatteryCriticalLevel=15\n', []],
  ['[BatteryManagement]\nBatteryCriticalLevel=0\n', []],
  ['[Other]\nBatteryCriticalLevel=15\n', [['kde', 'hibernate', { charge: 5 }]]],
])('KDE with %j', (text, rules) => {
  expect(brief(kdeRules(text))).toEqual(rules);
});

describe('Windows', () => {
  test('hibernates at 5 % on battery as it comes', async () => {
    expect(brief(windowsRules(await fixture('powercfg.txt')))).toEqual([
      ['windows-critical', 'hibernate', { charge: 5 }],
    ]);
  });

  test('in another language, with both limits set', async () => {
    const rules = windowsRules(await fixture('powercfg-german.txt'));
    expect(brief(rules)).toEqual([
      ['windows-low', 'sleep', { charge: 25 }],
      ['windows-critical', 'shutdown', { charge: 12 }],
    ]);
    expect(rules.map(({ command }) => command)).toEqual([
      expect.stringContaining('SUB_BATTERY BATACTIONLOW 0 && powercfg /setactive'),
      expect.stringContaining('SUB_BATTERY BATLEVELCRIT 2 && powercfg /setactive'),
    ]);
  });

  test('tells nothing it was not told', () => {
    expect(windowsRules('')).toEqual([]);
  });

  test.each([
    ['    Count    REG_DWORD    0x1', true],
    ['    Count    REG_DWORD    0x0', false],
    ['', false],
  ])('has a UPS on USB: %j', (text, has) => {
    expect(hasHidBattery(text)).toBe(has);
  });
});

test('macOS, by what is switched on', async () => {
  const rules = macRules(await fixture('pmset-ups.txt'));
  expect(brief(rules)).toEqual([
    ['macos-haltlevel', 'shutdown', { charge: 20 }],
    ['macos-haltremain', 'shutdown', { runtime: 300 }],
  ]);
  expect(rules[0]?.command).toBe('sudo pmset -u haltlevel 0');
  expect(macRules('')).toEqual([]);
  expect(brief(macRules('  haltafter\ton\t3\n'))).toEqual([['macos-haltafter', 'shutdown', { onBattery: 180 }]]);
});

describe('a rule is in the way where it may be the first', () => {
  const mac = (setting: string) => macRules(`  ${setting}\n`);

  test.each<readonly [string, LowBattery, number]>([
    ['haltlevel on 6', {}, 1],
    ['haltlevel on 5', {}, 0],
    ['haltlevel on 5', { lowCharge: 3 }, 1],
    ['haltlevel on 10', { lowCharge: 10 }, 1],
    ['haltlevel on 10', { lowCharge: 20 }, 0],
    ['haltremain on 3', {}, 1],
    ['haltremain on 2', {}, 0],
    ['haltremain on 3', { lowRuntime: 300 }, 0],
    ['haltafter on 60', { lowCharge: 20, lowRuntime: 300 }, 1],
  ])('%s with %j', (setting, low, count) => {
    expect(rulesInTheWay(mac(setting), low)).toHaveLength(count);
  });

  test('and says what it does, when, and when the plan would', () => {
    expect(said(mac('haltlevel on 30'), { lowCharge: 20 })).toEqual([
      'It shuts this computer down by itself when the battery of the UPS is at 30 %. What is planned here may wait until 20 % and would come too late.',
    ]);
    expect(said(mac('haltlevel on 30'), {}, 'de')).toEqual([
      'Von sich aus fährt es diesen Rechner herunter, sobald der Akku der USV bei 30 % steht. Das kann dem zuvorkommen, was hier geplant ist.',
    ]);
    expect(said(mac('haltafter on 10'))[0]).toMatch(/^It shuts this computer down by itself after 10 min on battery\./);
    expect(said(upower('[UPower]\nUsePercentageForPolicy=false\nTimeAction=150\n'))[0]).toMatch(
      /hybrid sleep.* 2\.5 min/,
    );
  });
});
