import { describe, expect, test } from 'vitest';
import { SHUTDOWN_ACTIONS } from './schema/settings/ups-settings.ts';
import { MONITOR_PHASES, type MonitorView } from './schema/monitor.ts';
import { clockLength, harmlessness, isShutdownComing, shutdownSentence } from './shutdown-sentence.ts';
import { storyPhrase } from './shutdown-story.ts';
import { textIn } from './messages/message.ts';

const NOW = 1_700_000_000_000;
const monitorOf = (
  phase: MonitorView['phase'],
  change: Partial<MonitorView> = {},
  action: MonitorView['plan']['action'] = 'shutdown',
): MonitorView => ({
  phase,
  reason: { phrase: 'monitor.now.counting', params: { ups: 'ups' } },
  canCancel: true,
  canPostpone: true,
  canShutDown: true,
  plan: { steps: [], action, takesSeconds: 60, isMeasured: false },
  isSimulated: false,
  secondaries: [],
  supplies: [],
  decisions: [],
  ...change,
});

describe('a shutdown that is on its way', () => {
  test('counts down as a clock does, and never below zero', () => {
    const monitor = monitorOf('counting-down', { endsAt: NOW + 272_000 });
    expect(shutdownSentence(monitor, NOW)).toBe('Shutting down in 4:32.');
    expect(shutdownSentence(monitor, NOW + 1)).toBe('Shutting down in 4:32.');
    expect(shutdownSentence(monitor, NOW + 300_000)).toBe('Shutting down in 0:00.');
    expect(shutdownSentence(monitor, NOW, 'de')).toBe('Herunterfahren in 4:32.');
  });

  test('has a sentence in every phase of it, whatever is to be done, and none in the others', () => {
    for (const action of SHUTDOWN_ACTIONS) {
      for (const phase of MONITOR_PHASES) {
        const monitor = monitorOf(phase, {}, action);
        const said = shutdownSentence(monitor, NOW);
        expect(said === undefined, `${phase} ${action}`).toBe(!isShutdownComing(monitor));
      }
    }
  });

  test('that failed and is tried again says when', () => {
    const monitor = monitorOf('acting', { endsAt: NOW + 5000, failure: 'exit status 1' });
    expect(shutdownSentence(monitor, NOW)).toBe('The shutdown failed. Next try in 0:05.');
    expect(shutdownSentence(monitorOf('acting'), NOW)).toBe('Shutting down now.');
  });

  test('of a simulation harms nobody, unless somebody set a command for it', () => {
    expect(harmlessness(monitorOf('counting-down', { isSimulated: true }, 'nothing'))).toContain('simulated');
    expect(harmlessness(monitorOf('counting-down', { isSimulated: true }, 'command'))).toContain('is run');
    expect(harmlessness(monitorOf('counting-down', {}, 'nothing'))).toContain('“nothing”');
    expect(harmlessness(monitorOf('counting-down'))).toBeUndefined();
  });
});

test.each([
  [0, '0:00'],
  [305, '5:05'],
  [3905, '1:05:05'],
])('%i s on a clock', (seconds, text) => {
  expect(clockLength(seconds)).toBe(text);
});

test('the story says when power went, what was left, and when it was back', () => {
  const story = {
    outageBeganAt: 1,
    shutDownAt: 2,
    charge: 18.4,
    startedAt: 3,
    backAt: 4,
    reason: { phrase: 'monitor.why.person', params: {} },
  };
  const tell = (change: object): string | undefined => textIn(storyPhrase({ ...story, ...change }, (at) => `t${at}`));
  expect(tell({})).toBe('Power was out from t1; this computer shut down at t2 with 18 % left; power came back at t4.');
  expect(tell({ charge: undefined })).toBe(
    'Power was out from t1; this computer shut down at t2; power came back at t4.',
  );
  expect(tell({ outageBeganAt: undefined })).toBe(
    'This computer shut down at t2 (A person asked for it.) and was started again at t3.',
  );
});
