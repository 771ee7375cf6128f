import type { DeviceStrings, ReportCache } from '#engine/devices/binding.ts';

/** The newest bytes of each report of one open device. */
export interface MutableReportCache extends ReportCache {
  setFeature(reportId: number, bytes: Uint8Array): void;
  setInput(reportId: number, bytes: Uint8Array): void;
  /** What was known of a feature report is no longer to be believed. */
  forgetFeature(reportId: number): void;
}

export function createReportCache(): MutableReportCache {
  const features = new Map<number, Uint8Array>();
  const inputs = new Map<number, Uint8Array>();
  return {
    feature: (reportId) => features.get(reportId),
    input: (reportId) => inputs.get(reportId),
    setFeature: (reportId, bytes) => void features.set(reportId, bytes),
    setInput: (reportId, bytes) => void inputs.set(reportId, bytes),
    forgetFeature: (reportId) => void features.delete(reportId),
  };
}

/** Strings fetched so far. An index that gave nothing is remembered too, so that it is asked for once. */
export interface StringCache extends DeviceStrings {
  isFetched(index: number): boolean;
  set(index: number, text: string | undefined): void;
}

export function createStringCache(): StringCache {
  const strings = new Map<number, string | undefined>();
  return {
    get: (index) => strings.get(index),
    isFetched: (index) => strings.has(index),
    set: (index, text) => void strings.set(index, text),
  };
}
