import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  capacityWh,
  DEMO_BATTERY as DESIGN,
  drainW,
  openCircuitVolts,
  secondsToEmpty,
  stateOfCharge,
  stepBattery,
  terminalVolts,
  WORN_HEALTH,
  type BatteryState,
} from './battery.ts';

const batteries: fc.Arbitrary<BatteryState> = fc
  .record({
    charge: fc.double({ min: 0, max: 1, noNaN: true }),
    health: fc.double({ min: 0.05, max: 1, noNaN: true }),
    temperature: fc.double({ min: 0, max: 60, noNaN: true }),
  })
  .map(({ charge, health, temperature }) => ({
    storedWh: capacityWh(DESIGN, { health }) * charge,
    health,
    temperature,
  }));
const watts = fc.double({ min: 0, max: 1200, noNaN: true });
const hours = fc.double({ min: 0, max: 2, noNaN: true });
const demands = fc.oneof(
  watts.map((dischargeW) => ({ dischargeW, isChargerOn: false })),
  fc.constant({ dischargeW: 0, isChargerOn: true }),
);
const batteryAt = (charge: number, health = 1): BatteryState => ({
  storedWh: capacityWh(DESIGN, { health }) * charge,
  health,
  temperature: 25,
});
const discharging = (dischargeW: number) => ({ dischargeW, isChargerOn: false });
const CHARGING = { dischargeW: 0, isChargerOn: true };

describe('battery', () => {
  test('the charge stays between empty and full whatever is asked of it', () => {
    fc.assert(
      fc.property(batteries, fc.array(fc.tuple(demands, hours), { maxLength: 30 }), (start, steps) => {
        let battery = start;
        for (const [demand, length] of steps) {
          battery = stepBattery(DESIGN, battery, demand, length).battery;
          expect(battery.storedWh).toBeGreaterThanOrEqual(0);
          expect(battery.storedWh).toBeLessThanOrEqual(capacityWh(DESIGN, battery) * (1 + 1e-9));
          expect(battery.health).toBeGreaterThan(0);
        }
      }),
    );
  });

  test('every watt-hour is accounted for', () => {
    fc.assert(
      fc.property(batteries, demands, hours, (before, demand, length) => {
        const { battery, ledger } = stepBattery(DESIGN, before, demand, length);
        const expected = before.storedWh + ledger.acceptedWh - ledger.deliveredWh - ledger.lostWh;
        expect(battery.storedWh).toBeCloseTo(expected, 9);
        expect(Math.min(ledger.acceptedWh, ledger.deliveredWh, ledger.lostWh)).toBeGreaterThanOrEqual(-1e-9);
        expect(ledger.deliveredWh).toBeLessThanOrEqual(demand.dischargeW * length + 1e-9);
      }),
    );
  });

  test('what a discharge delivers never exceeds what was stored', () => {
    fc.assert(
      fc.property(batteries, watts, (before, load) => {
        const { ledger } = stepBattery(DESIGN, before, discharging(load), 100);
        expect(ledger.deliveredWh).toBeLessThanOrEqual(before.storedWh + 1e-9);
      }),
    );
  });

  test('the state of charge never rises while power is drawn', () => {
    fc.assert(
      fc.property(batteries, watts, hours, (before, load, length) => {
        const { battery } = stepBattery(DESIGN, before, discharging(load), length);
        expect(stateOfCharge(DESIGN, battery)).toBeLessThanOrEqual(stateOfCharge(DESIGN, before) + 1e-12);
      }),
    );
  });

  test('a higher load shortens the runtime more than in proportion above the rated discharge', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 20, max: 600, noNaN: true }),
        fc.double({ min: 1.1, max: 3, noNaN: true }),
        (load, by) => {
          const battery = batteryAt(1);
          const longer = secondsToEmpty(DESIGN, battery, load);
          const shorter = secondsToEmpty(DESIGN, battery, load * by);
          expect(shorter).toBeLessThan(longer / by);
        },
      ),
    );
  });

  test('the predicted runtime is what a steady load gets', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 20, max: 1000, noNaN: true }),
        fc.double({ min: 0.1, max: 1, noNaN: true }),
        (load, charge) => {
          let battery = batteryAt(charge);
          const predicted = secondsToEmpty(DESIGN, battery, load);
          let seconds = 0;
          while (battery.storedWh > 0) {
            battery = stepBattery(DESIGN, battery, discharging(load), predicted / 200 / 3600).battery;
            seconds += predicted / 200;
          }
          expect(seconds / predicted).toBeCloseTo(1, 1);
        },
      ),
      { numRuns: 30 },
    );
  });

  test('nothing drawn means no end of the runtime', () => {
    expect(secondsToEmpty(DESIGN, batteryAt(0.5), 0)).toBe(Infinity);
  });

  test('a worn battery is drained faster by the same load', () => {
    expect(drainW(DESIGN, batteryAt(1, 0.5), 200)).toBeGreaterThan(drainW(DESIGN, batteryAt(1), 200));
  });

  test('an empty battery is full again within half a day and then takes nothing more', () => {
    let battery = batteryAt(0);
    for (let minute = 0; minute < 12 * 60; minute++) battery = stepBattery(DESIGN, battery, CHARGING, 1 / 60).battery;
    expect(stateOfCharge(DESIGN, battery)).toBeCloseTo(1, 3);
    expect(stepBattery(DESIGN, battery, CHARGING, 1).ledger.acceptedWh).toBeLessThan(0.1);
  });

  test('cycling wears the battery until it counts as worn', () => {
    let battery = batteryAt(1);
    let cycles = 0;
    while (battery.health >= WORN_HEALTH && cycles < 2000) {
      battery = stepBattery(DESIGN, battery, discharging(200), 1).battery;
      battery = stepBattery(DESIGN, battery, CHARGING, 8).battery;
      cycles++;
    }
    expect(cycles).toBeGreaterThan(100);
    expect(cycles).toBeLessThan(2000);
  });

  test('warmth costs more life than cold', () => {
    const after = (temperature: number) =>
      stepBattery(DESIGN, { ...batteryAt(1), temperature }, CHARGING, 8766).battery.health;
    expect(after(45)).toBeLessThan(after(25));
    expect(after(25)).toBeLessThan(after(5));
  });

  test('terminal voltage lies below open circuit under load and falls as the load grows', () => {
    fc.assert(
      fc.property(batteries, watts, watts, (battery, some, more) => {
        const [low, high] = some < more ? [some, more] : [more, some];
        const light = terminalVolts(DESIGN, battery, discharging(low));
        expect(light).toBeLessThanOrEqual(openCircuitVolts(DESIGN, battery) + 1e-9);
        expect(terminalVolts(DESIGN, battery, discharging(high))).toBeLessThanOrEqual(light + 1e-9);
        expect(light).toBeGreaterThan(0);
      }),
    );
  });

  test('voltages are those of a 24 V lead acid battery', () => {
    expect(openCircuitVolts(DESIGN, batteryAt(1))).toBeCloseTo(25.6, 1);
    expect(terminalVolts(DESIGN, batteryAt(1), CHARGING)).toBe(27.3);
    expect(terminalVolts(DESIGN, batteryAt(0.3), CHARGING)).toBeLessThan(27.3);
    const nearlyEmpty = terminalVolts(DESIGN, batteryAt(0.01), discharging(200));
    expect(nearlyEmpty).toBeGreaterThan(19);
    expect(nearlyEmpty).toBeLessThan(22.5);
  });
});
