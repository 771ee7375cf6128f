/** The last minutes of every UPS at one sample a second, in memory, for live charts. */
import type { Sample } from '#domain/schema/snapshot.ts';
import type { Clock, Stop } from '#engine/ports.ts';
import { numberOf, statusTokens } from '#engine/state/readings.ts';
import type { UpsState } from '#engine/state/ups-state.ts';
import type { UpsStore } from '#engine/state/ups-store.ts';

const SAMPLE_INTERVAL_MS = 1000;
const KEPT_SAMPLES = 30 * 60;

export interface RecentSamples {
  /** Oldest first; only those after `sinceAt` where it is given. */
  of(ups: string, sinceAt?: number): readonly Sample[];
  onSample(receive: (ups: string, sample: Sample) => void): Stop;
  stop(): void;
}

/** What is known of a UPS at this moment. Old data are no sample: a gap in the chart stays a gap. */
export function sampleOf(state: UpsState, at: number): Sample {
  if (state.availability !== 'available') return { at };
  const quantities = {
    charge: numberOf(state, 'battery.charge'),
    runtime: numberOf(state, 'battery.runtime'),
    load: numberOf(state, 'ups.load'),
    inputVoltage: numberOf(state, 'input.voltage'),
    outputVoltage: numberOf(state, 'output.voltage'),
    batteryVoltage: numberOf(state, 'battery.voltage'),
  };
  const known = Object.fromEntries(Object.entries(quantities).filter(([, value]) => value !== undefined));
  const tokens = statusTokens(state);
  const isLineKnown = tokens.has('OB') || tokens.has('OL');
  return { at, ...known, ...(isLineKnown ? { onBattery: tokens.has('OB') } : {}) };
}

export function createRecentSamples(store: UpsStore, clock: Clock): RecentSamples {
  const kept = new Map<string, Sample[]>();
  const listeners = new Set<(ups: string, sample: Sample) => void>();

  const take = (): void => {
    const at = clock.now();
    const names = new Set<string>();
    for (const state of store.list()) {
      const name = state.config.name;
      names.add(name);
      const samples = kept.get(name) ?? [];
      kept.set(name, samples);
      const sample = sampleOf(state, at);
      samples.push(sample);
      // Cut in blocks, so that not every second moves the whole array.
      if (samples.length > KEPT_SAMPLES + 60) samples.splice(0, samples.length - KEPT_SAMPLES);
      for (const listener of listeners) listener(name, sample);
    }
    for (const name of kept.keys()) if (!names.has(name)) kept.delete(name);
  };
  const cancel = clock.every(SAMPLE_INTERVAL_MS, take);

  return {
    of(ups, sinceAt) {
      const name = store.get(ups)?.config.name ?? ups;
      const samples = kept.get(name) ?? [];
      return sinceAt === undefined ? samples : samples.filter((sample) => sample.at > sinceAt);
    },
    onSample(receive) {
      listeners.add(receive);
      return () => listeners.delete(receive);
    },
    stop() {
      cancel();
      listeners.clear();
    },
  };
}
