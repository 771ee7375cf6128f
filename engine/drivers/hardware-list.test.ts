import { expect, test } from 'vitest';
import { Settings, SettingsDraft } from '#domain/schema/settings/settings.ts';
import { checkSettings, describeFieldProblem } from '#engine/settings/check-settings.ts';
import { parseDriverKey } from '#engine/settings/driver-key.ts';
import { NUT_DRIVER_NAMES } from './nut-driver/driver-names.ts';
import { readHardwareList, rowsOf } from './hardware-list.ts';

test('a row for two drivers becomes two choices, and options of the model stand in the key', () => {
  expect(
    rowsOf([
      ['Ablerex', '625L', 'blazer_ser or blazer_usb', 2, 'USB'],
      ['APC', 'Back-UPS', 'genericups upstype=1', 1, ''],
      ['OMRON', 'BN150T', 'nutdrv_qx port=auto vendorid=0590 protocol=omron', 4, 'USB (USB ID 0590:00b7)'],
      ['SVEN', 'Pro+ 400', 'nutdrv_qx with subdriver=gtec', 2, ''],
      ['Tripp Lite', 'SMART500', 'tripplite_usb, may need upsid=65535', 2, 'USB'],
    ]).map(({ key, hint }) => [key, hint]),
  ).toEqual([
    ['blazer_ser$625L', 'USB'],
    ['blazer_usb$625L', 'USB'],
    ['genericups upstype=1$Back-UPS', ''],
    ['nutdrv_qx vendorid=0590 protocol=omron$BN150T', 'USB (USB ID 0590:00b7)'],
    ['nutdrv_qx subdriver=gtec$Pro+ 400', ''],
    ['tripplite_usb$SMART500', 'USB; may need upsid=65535'],
  ]);
});

test('every row of the list names a driver that NUT has, by a key that reads back as it', async () => {
  const rows = await readHardwareList();
  expect(rows.length).toBeGreaterThan(1400);
  for (const { driver, key } of rows) {
    expect(NUT_DRIVER_NAMES).toContain(driver);
    const { driver: read, model = '' } = parseDriverKey(key);
    expect([read, model]).toEqual([driver, key.slice(key.indexOf('$') + 1).trim()]);
  }
});

test('a unit is found by the ids of its USB port', async () => {
  const rows = (await readHardwareList()).filter(({ model }) => model.startsWith('USB 051d:0002'));
  expect(rows).toEqual([
    {
      ...{ maker: 'APC', driver: 'usbhid-ups', key: 'usbhid-ups$USB 051d:0002', level: 3, hint: '' },
      model: expect.stringMatching(/^USB 051d:0002, Back-UPS and older Smart-UPS, /) as unknown,
    },
  ]);
});

test('every row of the list can be chosen in the form without a complaint', async () => {
  const problems = (await readHardwareList()).flatMap(({ key }) => {
    const ups = { id: 'x', identifier: 'ups', driver: key, port: 'auto' };
    expect(SettingsDraft.safeParse({ ups: [ups] }).success, key).toBe(true);
    return checkSettings(Settings.parse({ ups: [ups] }))
      .filter(({ severity }) => severity !== 'notice')
      .map((problem) => `${key}: ${describeFieldProblem(problem)}`);
  });
  expect(problems).toEqual([]);
});
