import { describe, expect, test } from 'vitest';
import { isFlagSet, planTalk, readTalkOptions } from './driver-options.ts';

const read = (options: Record<string, string | true>) => readTalkOptions({ name: 'office', options });
const DEFAULTS = { pollFreqSeconds: 30, usesInterrupts: true, interruptOnly: false };

describe('options', () => {
  test('have the defaults of NUT', () => {
    expect(planTalk(read({}), DEFAULTS)).toEqual({
      pollIntervalMs: 2_000,
      pollFreqMs: 30_000,
      usesInterrupts: true,
      isInterruptOnly: false,
      silentPollsAllowed: undefined,
      inputBytes: undefined,
      onlineDischarge: { isMeant: false, repeatMs: undefined, silentFromCharge: 100 },
    });
  });

  test('of the interrupt pipe and of discharging on line are read', () => {
    const options = {
      interruptsize: '8',
      onlinedischarge_calibration: true as const,
      onlinedischarge_log_throttle_sec: '10',
      onlinedischarge_log_throttle_hovercharge: '90',
    };
    expect(planTalk(read(options), DEFAULTS)).toMatchObject({
      inputBytes: 8,
      onlineDischarge: { isMeant: true, repeatMs: 10_000, silentFromCharge: 90 },
    });
    expect(read({ onlinedischarge_log_throttle_sec: '-1' }).onlineDischarge.repeatMs).toBeUndefined();
  });

  test('win over what the device definition asks for', () => {
    const plan = planTalk(read({ pollfreq: '20', pollinterval: '0.5' }), { ...DEFAULTS, pollFreqSeconds: 12 });
    expect([plan.pollFreqMs, plan.pollIntervalMs]).toEqual([20_000, 500]);
  });

  test.each([
    [{ pollonly: true as const }, { usesInterrupts: false, isInterruptOnly: false }],
    [{ interruptonly: true as const }, { usesInterrupts: true, isInterruptOnly: true }],
    [
      { pollonly: true as const, interruptonly: true as const },
      { usesInterrupts: false, isInterruptOnly: false },
    ],
  ])('%j decide whether it is asked or listened to', (options, expected) => {
    expect(planTalk(read(options), DEFAULTS)).toMatchObject(expected);
  });

  test('of a unit that only speaks by itself need pollonly to be overruled', () => {
    const defaults = { ...DEFAULTS, interruptOnly: true };
    expect(planTalk(read({}), defaults).isInterruptOnly).toBe(true);
    expect(planTalk(read({ pollonly: true }), defaults).isInterruptOnly).toBe(false);
  });

  test.each([
    ['pollinterval', 'soon'],
    ['pollinterval', '0'],
    ['pollfreq', '-1'],
    ['pollfreq', '1e3'],
    ['waitbeforereconnect', ''],
    ['interruptsize', '0'],
    ['reconnect_max_tries', '-2'],
  ])('%s = %s is told and the default holds', (option, value) => {
    const options = read({ [option]: value });
    expect(options.problems.map(({ message }) => message)).toEqual([
      expect.stringContaining(`Option ${option} of office`),
    ]);
    expect({ ...options, problems: [] }).toEqual(read({}));
  });

  test('with -1 mean never', () => {
    const options = read({
      interrupt_pipe_no_events_tolerance: '-1',
      reconnect_max_tries: '-1',
      reconnect_report_freq: '-1',
    });
    expect([options.silentPollsAllowed, options.reconnectMaxTries, options.reconnectReportEvery]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(options.problems).toEqual([]);
  });

  test('that are flags are set bare or with a word for yes', () => {
    for (const value of [true, '1', 'yes', 'On', ' enabled '] as const) expect(isFlagSet({ x: value }, 'x')).toBe(true);
    for (const value of ['0', 'no', '', 'off']) expect(isFlagSet({ x: value }, 'x')).toBe(false);
    expect(isFlagSet({}, 'x')).toBe(false);
  });
});
