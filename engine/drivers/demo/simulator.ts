/**
 * The demo UPS in time: keeps the model in step with the clock, offers the controls a real UPS does not have, and tells
 * listeners what happened. The clock ticks only while somebody listens; in between, the state catches up when asked.
 */
import type { Monotonic } from '#domain/units.ts';
import type { Clock, Stop } from '#engine/ports.ts';
import type { MainsMode } from './mains.ts';
import { clamp } from './random.ts';
import { readUnit, type Readings } from './readings.ts';
import { act, advance } from './unit-model.ts';
import { CONTROL_RANGES, newUnit, TEST_REQUEST, type UnitAction, type UnitState } from './unit-state.ts';

const TICK_MS = 1000;
/** With the battery sped up, reports must not leap over a threshold within one tick. */
const FAST_TICK_MS = 250;
const FAST_SPEED = 10;

export interface SimulatorOptions {
  readonly clock: Clock;
  /** Of the noise; the same seed and the same calls at the same times give the same unit. */
  readonly seed?: number;
}

export class DemoSimulator {
  readonly #clock: Clock;
  #state: UnitState;
  #speed = 1;
  #steppedAt: Monotonic;
  #isAttached = true;
  #replugAt: number | undefined;
  readonly #changeListeners = new Set<() => void>();
  readonly #plugListeners = new Set<() => void>();
  #stopTicking: Stop | undefined;

  constructor({ clock, seed = 1 }: SimulatorOptions) {
    this.#clock = clock;
    this.#state = newUnit(seed);
    this.#steppedAt = clock.monotonic();
  }

  /** The unit right now. */
  get state(): UnitState {
    this.#catchUp();
    return this.#state;
  }

  /** What its sensors say right now. */
  get readings(): Readings {
    return readUnit(this.state);
  }

  get speed(): number {
    return this.#speed;
  }

  /** Whether the USB cable is plugged in. */
  get isAttached(): boolean {
    this.#catchUp();
    return this.#isAttached;
  }

  setMains(mode: MainsMode): void {
    this.act({ type: 'mains', mode });
  }

  /** @param percent of the rated power, 0..150 */
  setLoad(percent: number): void {
    this.act({ type: 'load', percent });
  }

  /** Swaps the battery for one with this much of its capacity left, at the same state of charge. @param percent 1..100 */
  setBatteryHealth(percent: number): void {
    this.act({ type: 'health', percent });
  }

  /** @param percent 0..100 */
  setBatteryCharge(percent: number): void {
    this.act({ type: 'charge', percent });
  }

  /**
   * How many times faster than the clock the battery drains, charges, ages and warms. Runtime stays in the battery's own
   * pace; countdowns and tests keep the clock's.
   * @param factor 1..1000
   */
  setSpeed(factor: number): void {
    this.#catchUp();
    this.#speed = clamp(factor, CONTROL_RANGES.speed.min, CONTROL_RANGES.speed.max);
    this.#pauseTicking();
    this.#keepTicking();
    this.#changed();
  }

  /** @param kind `deep` is the calibration as well: down to just above the low battery limit */
  startTest(kind: 'quick' | 'deep'): void {
    this.act({ type: 'test', request: TEST_REQUEST[kind] });
  }

  /** Pulls the USB cable. @param seconds until it is plugged in again by itself; absent: until `replug` */
  unplug(seconds?: number): void {
    this.#replugAt = seconds === undefined ? undefined : this.#clock.monotonic() + seconds * 1000;
    this.#setAttached(false);
  }

  replug(): void {
    this.#replugAt = undefined;
    this.#setAttached(true);
  }

  /** Does one thing to the unit, now; listeners hear of it before this returns. */
  act(action: UnitAction): void {
    this.#catchUp();
    this.#state = act(this.#state, action);
    this.#changed();
  }

  /** Calls back after every tick and every action. */
  onChange(listener: () => void): Stop {
    return this.#listen(this.#changeListeners, listener);
  }

  /** Calls back when the cable was pulled or plugged in. */
  onPlug(listener: () => void): Stop {
    return this.#listen(this.#plugListeners, listener);
  }

  #listen(listeners: Set<() => void>, listener: () => void): Stop {
    // A wrapper of its own, so that the same function may listen twice.
    const entry = () => listener();
    listeners.add(entry);
    this.#keepTicking();
    return () => {
      listeners.delete(entry);
      if (this.#changeListeners.size + this.#plugListeners.size === 0) this.#pauseTicking();
    };
  }

  #keepTicking(): void {
    if (this.#stopTicking || this.#changeListeners.size + this.#plugListeners.size === 0) return;
    const interval = this.#speed > FAST_SPEED ? FAST_TICK_MS : TICK_MS;
    this.#stopTicking = this.#clock.every(interval, () => this.#tick());
  }

  #pauseTicking(): void {
    this.#stopTicking?.();
    this.#stopTicking = undefined;
  }

  #tick(): void {
    this.#catchUp();
    this.#changed();
  }

  #catchUp(): void {
    const now = this.#clock.monotonic();
    this.#state = advance(this.#state, (now - this.#steppedAt) / 1000, this.#speed);
    this.#steppedAt = now;
    if (this.#replugAt !== undefined && now >= this.#replugAt) this.replug();
  }

  #setAttached(isAttached: boolean): void {
    if (this.#isAttached === isAttached) return;
    this.#isAttached = isAttached;
    for (const listener of [...this.#plugListeners]) listener();
  }

  #changed(): void {
    for (const listener of [...this.#changeListeners]) listener();
  }
}
