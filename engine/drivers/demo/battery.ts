/**
 * The battery of the demo UPS: two sealed lead acid blocks of 12 V 9 Ah in series. Pure: (state, demand, time) -> state
 * and a ledger that says where every watt-hour went.
 *
 * Figures are typical of such blocks: capacity falls with rate by Peukert's law (exponent about 1.2), open circuit
 * voltage 1.94 to 2.13 V per cell with a knee near empty, float at 2.275 V per cell, end of life at 60 % of capacity.
 */

export interface BatteryDesign {
  /** At the slow rate of `ratedHours`, when new. */
  readonly energyWh: number;
  readonly ratedHours: number;
  readonly peukertExponent: number;
  readonly cells: number;
  /** When new and full. */
  readonly internalOhms: number;
  readonly floatVolts: number;
  /** How far the terminals rise above open circuit while the charger gives what it can. */
  readonly chargeOvervolts: number;
  /** Taken from the line by the charger at most. */
  readonly chargerW: number;
  /** Part of the charger's energy that ends up stored. */
  readonly chargeEfficiency: number;
  /** State of charge (0..1) above which the charger tapers off. */
  readonly taperFrom: number;
}

export const DEMO_BATTERY: BatteryDesign = {
  energyWh: 216,
  ratedHours: 20,
  peukertExponent: 1.18,
  cells: 12,
  internalOhms: 0.025,
  floatVolts: 27.3,
  chargeOvervolts: 2,
  chargerW: 60,
  chargeEfficiency: 0.85,
  taperFrom: 0.85,
};

/** Part of the capacity that one full cycle, and one year at 25 °C, cost. Ten kelvin more halve the life. */
const FADE_PER_CYCLE = 0.0008;
const FADE_PER_YEAR = 0.06;
const HOURS_PER_YEAR = 8766;
/** A battery below this health holds too little to be relied on. */
export const WORN_HEALTH = 0.6;
/** A model of a battery needs one: below this it would be a brick. */
const LEAST_HEALTH = 0.01;
/** The charger never tapers below this part of its power, or it would never be done. */
const LEAST_TAPER = 0.05;

export interface BatteryState {
  readonly storedWh: number;
  /** Capacity as a part of the capacity when new, above 0 to 1. */
  readonly health: number;
  /** Degrees Celsius. */
  readonly temperature: number;
}

/** What is asked of the battery; never both at once. */
export interface BatteryDemand {
  /** Watts drawn at the terminals. */
  readonly dischargeW: number;
  readonly isChargerOn: boolean;
}

/** Watt-hours of one step: stored after = stored before + accepted - delivered - lost. */
export interface BatteryLedger {
  /** Stored by the charger; what the charger took from the line is accepted / chargeEfficiency. */
  readonly acceptedWh: number;
  /** Given out at the terminals. */
  readonly deliveredWh: number;
  /** Turned to heat by a high rate, or gone with faded capacity. */
  readonly lostWh: number;
}

export const capacityWh = (design: BatteryDesign, battery: Pick<BatteryState, 'health'>): number =>
  design.energyWh * battery.health;

/** State of charge, 0..1 of what this battery can hold today. */
export const stateOfCharge = (design: BatteryDesign, battery: BatteryState): number =>
  Math.min(1, Math.max(0, battery.storedWh / capacityWh(design, battery)));

/**
 * Watts by which the store shrinks while `dischargeW` are drawn: more than drawn once the rate is above the rated one.
 * A worn battery is strained sooner, because the same watts are a higher rate for it.
 */
export function drainW(design: BatteryDesign, battery: Pick<BatteryState, 'health'>, dischargeW: number): number {
  const ratedW = capacityWh(design, battery) / design.ratedHours;
  return dischargeW * Math.max(1, dischargeW / ratedW) ** (design.peukertExponent - 1);
}

/** Seconds until empty at a steady draw; Infinity without one. */
export const secondsToEmpty = (design: BatteryDesign, battery: BatteryState, dischargeW: number): number =>
  dischargeW > 0 ? (battery.storedWh / drainW(design, battery, dischargeW)) * 3600 : Infinity;

/** Watts the battery takes up from the charger at this state of charge. */
function acceptedW(design: BatteryDesign, battery: BatteryState): number {
  const room = 1 - stateOfCharge(design, battery);
  const taper = Math.min(1, Math.max(LEAST_TAPER, room / (1 - design.taperFrom)));
  return design.chargerW * design.chargeEfficiency * taper;
}

/** @param hours length of the step; the demand is taken as steady throughout */
export function stepBattery(
  design: BatteryDesign,
  battery: BatteryState,
  demand: BatteryDemand,
  hours: number,
): { battery: BatteryState; ledger: BatteryLedger } {
  const capacity = capacityWh(design, battery);
  const wantedWh = drainW(design, battery, demand.dischargeW) * hours;
  const drainedWh = Math.min(wantedWh, battery.storedWh);
  const deliveredWh = wantedWh > 0 ? demand.dischargeW * hours * (drainedWh / wantedWh) : 0;
  const roomWh = Math.max(0, capacity - battery.storedWh);
  const acceptedWh = demand.isChargerOn ? Math.min(acceptedW(design, battery) * hours, roomWh) : 0;
  const kept = battery.storedWh + acceptedWh - drainedWh;

  const wear =
    (drainedWh / capacity) * FADE_PER_CYCLE +
    (hours / HOURS_PER_YEAR) * FADE_PER_YEAR * 2 ** ((battery.temperature - 25) / 10);
  const health = Math.max(Math.min(LEAST_HEALTH, battery.health), battery.health - wear);
  // Fading takes its share of what is stored, so that it never shows as a rising state of charge.
  const storedWh = kept * (health / battery.health);
  return {
    battery: { ...battery, health, storedWh },
    ledger: { acceptedWh, deliveredWh, lostWh: drainedWh - deliveredWh + (kept - storedWh) },
  };
}

/** Volts without load: falls evenly, then over a knee in the last tenth. */
export function openCircuitVolts(design: BatteryDesign, battery: BatteryState): number {
  const charge = stateOfCharge(design, battery);
  return design.cells * (1.94 + 0.19 * charge - 0.12 * Math.exp(-charge / 0.05));
}

/** Volts at the terminals: under load, on the charger (bulk, then float), or at rest. */
export function terminalVolts(design: BatteryDesign, battery: BatteryState, demand: BatteryDemand): number {
  const open = openCircuitVolts(design, battery);
  if (demand.isChargerOn) return Math.min(design.floatVolts, open + design.chargeOvervolts);
  const emptiness = 1 - stateOfCharge(design, battery);
  const ohms = (design.internalOhms / battery.health) * (1 + emptiness * emptiness);
  // P = (open - I R) I solved for the voltage; half of open circuit is where a source gives the most it can.
  return (open + Math.sqrt(Math.max(0, open * open - 4 * demand.dischargeW * ohms))) / 2;
}
