/** Tells people, and the programs they named for it, what the machine has to say. Nothing here holds a shutdown up. */
import { describeError } from '#domain/errors.ts';
import { textIn, type Phrase, type Text } from '#domain/messages/message.ts';
import type { Decision } from '#domain/schema/monitor.ts';
import { storyPhrase } from '#domain/shutdown-story.ts';
import type { Clock, Log, Stop, SystemPower } from '#engine/ports.ts';
import type { Standing, Story } from './monitor-state.ts';
import type { Notice } from './notices.ts';
import { keyOf } from './supply.ts';
import type { ScriptRun } from './upssched.ts';
import { storyViewOf } from './view.ts';

const KEPT_DECISIONS = 50;

export interface Telling {
  /** The latest sentences, newest first. */
  decisions(): readonly Decision[];
  /** What was decided before this start, oldest first. */
  recall(earlier: readonly Decision[]): void;
  say(level: 'info' | 'warn' | 'error', text: Phrase): void;
  /** Nothing more is tried: told on every terminal and by every other way. */
  giveUp(text: Phrase, failure: Text): void;
  notify(notice: Notice): void;
  runScript(run: ScriptRun): void;
  tellStory(story: Story): void;
  onStory(told: (story: Story, ups: string) => void): Stop;
  /** Resolves once what was to be told is out, or failed. */
  out(): Promise<void>;
  stop(): void;
}

export interface TellingOptions {
  readonly standing: Standing;
  readonly clock: Clock;
  readonly log: Log;
  readonly power: Pick<SystemPower, 'run' | 'wall'>;
  /** Resolves once people were told, or could not be. */
  readonly onNotice?: ((notice: Notice) => Promise<void>) | undefined;
  readonly onFailed?: ((failure: Text) => Promise<void>) | undefined;
  readonly onDecision?: ((decision: Decision) => void) | undefined;
}

export function createTelling(options: TellingOptions): Telling {
  const { standing, clock, log, power } = options;
  let decisions: readonly Decision[] = [];
  const storyListeners = new Set<(story: Story, ups: string) => void>();
  /** On their way to people and programs. */
  const onTheWay = new Set<Promise<unknown>>();

  const say: Telling['say'] = (level, text) => {
    log[level](textIn(text) ?? text.phrase);
    const decision: Decision = { at: clock.now(), level, text: { ...text } };
    decisions = [decision, ...decisions].slice(0, KEPT_DECISIONS);
    options.onDecision?.(decision);
  };

  const shout = (text: string): void => {
    void power
      .wall(text)
      .catch(describeError)
      .then((failure) => {
        // Where nobody is logged in there may be no program for it either.
        if (failure !== undefined) log.debug(`No terminal was told: ${textIn(failure) ?? ''}`);
      });
  };

  const ranWell = (what: string, run: Promise<Text | undefined>): void =>
    follow(
      run.catch(describeError).then((failure) => {
        if (failure !== undefined) log.error(`${what} did not end well: ${textIn(failure) ?? ''}`);
      }),
    );

  const follow = (telling: Promise<unknown> | undefined): void => {
    if (!telling) return;
    const told = telling.catch((error: unknown) => log.error(`A notice was not told: ${describeError(error)}`));
    onTheWay.add(told);
    void told.then(() => onTheWay.delete(told));
  };

  return {
    decisions: () => decisions,
    recall(earlier) {
      decisions = [...decisions, ...earlier.toReversed()].slice(0, KEPT_DECISIONS);
    },
    say,
    giveUp(text, failure) {
      shout(textIn(text) ?? text.phrase);
      follow(options.onFailed?.(failure));
    },
    notify(notice) {
      const { type, ups, message, flags } = notice;
      follow(options.onNotice?.(notice));
      if (flags.includes('SYSLOG')) log.warn(message, { notice: type });
      if (flags.includes('WALL')) shout(message);
      const { notifyCmd } = standing.policy.notices;
      if (!flags.includes('EXEC') || notifyCmd === undefined) return;
      ranWell('NOTIFYCMD', power.run([...notifyCmd, message], { NOTIFYTYPE: type, UPSNAME: ups }));
    },
    runScript({ name, ups, type, message }) {
      const script = standing.policy.notices.upssched?.cmdScript;
      if (!script) return;
      log.info(`Running CMDSCRIPT for ${name}`, { ups });
      const env = {
        UPSNAME: ups,
        NOTIFYTYPE: type,
        NOTIFYMSG: message,
        RIDETHROUGH_PID: String(process.pid),
        // `upsmon -c fsd` is to reach this program although it is called otherwise.
        NUT_IGNORE_CHECKPROCNAME: 'true',
      };
      ranWell('CMDSCRIPT', power.run([...script, name], env));
    },
    tellStory(story) {
      say('info', storyPhrase(storyViewOf(story), localTime));
      const { supplies } = standing.policy;
      // Where a person led to it, or that UPS is not watched any more, the first one stands for it.
      const own = supplies.find((supply) => keyOf(supply) === story.ups) ?? supplies[0];
      for (const listener of own ? storyListeners : []) listener(story, own?.name ?? '');
    },
    onStory(told) {
      storyListeners.add(told);
      return () => storyListeners.delete(told);
    },
    async out() {
      await Promise.all(onTheWay);
    },
    stop: () => storyListeners.clear(),
  };
}

/** A moment by this computer's clock: the one locale that writes dates as ISO does, in local time. */
const localTime = (at: number): string =>
  new Date(at).toLocaleString('sv-SE', { dateStyle: 'short', timeStyle: 'short' });
