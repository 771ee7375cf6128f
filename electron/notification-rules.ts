/**
 * When a person is told, and what. A pure reducer over the states of one UPS: each step of an outage is told once,
 * however often the UPS repeats it or flickers between "low" and "not low".
 */
import { message, type Locale } from '#domain/messages/message.ts';
import { powerSentence } from '#domain/power-sentence.ts';
import { powerStateOf, type PowerState } from '#domain/power-state.ts';
import type { UpsSnapshot } from '#domain/schema/snapshot.ts';

export type NoticeKind =
  'on-battery' | 'low-battery' | 'forced-shutdown' | 'back' | 'no-contact' | 'contact' | 'test-ended';

export interface Notice {
  readonly kind: NoticeKind;
  readonly ups: string;
  readonly title: string;
  readonly body: string;
  /** Stays on the screen until it is dismissed, where the system can do that. */
  readonly isUrgent: boolean;
}

/** How far an outage has come; each stage includes the ones before. */
const STAGES = ['fine', 'on-battery', 'low-battery', 'forced-shutdown'] as const;
type Stage = (typeof STAGES)[number];

export interface NoticeMemory {
  readonly stage: Stage;
  /** The loss of contact was told. */
  readonly isLost: boolean;
  /** Before the first contact there is none to lose. */
  readonly wasHeard: boolean;
  /** A self test was seen running. */
  readonly isTesting: boolean;
}

export const NOTHING_TOLD: NoticeMemory = { stage: 'fine', isLost: false, wasHeard: false, isTesting: false };

/**
 * @param hasSeveral the title names the UPS when there is more than one
 * @param coming when this computer goes down if the power stays away
 */
export function stepNotices(
  memory: NoticeMemory,
  ups: UpsSnapshot,
  hasSeveral: boolean,
  locale: Locale,
  coming?: string,
): { readonly memory: NoticeMemory; readonly notice: Notice | undefined } {
  const say = (kind: NoticeKind, next: NoticeMemory) => ({
    memory: next,
    notice: noticeOf(kind, ups, hasSeveral, locale, coming),
  });
  const state = powerStateOf(ups);
  const stage = stageOf(state);
  if (stage === 'lost') {
    if (!memory.wasHeard || memory.isLost) return { memory, notice: undefined };
    return say('no-contact', { ...memory, isLost: true });
  }
  if (state === 'self-test') return { memory: { ...memory, isTesting: true }, notice: undefined };
  if (stage === undefined) return { memory, notice: undefined };
  const next = { stage: memory.stage, isLost: false, wasHeard: true, isTesting: false };
  if (stage === 'fine' && memory.stage !== 'fine') return say('back', { ...next, stage });
  if (STAGES.indexOf(stage) > STAGES.indexOf(memory.stage) && stage !== 'fine') return say(stage, { ...next, stage });
  if (memory.isTesting && stage === 'fine' && resultOfTest(ups) !== undefined) return say('test-ended', next);
  return memory.isLost ? say('contact', next) : { memory: next, notice: undefined };
}

/** Undefined for states that say nothing about an outage: a test runs on battery on purpose, `unknown` says nothing. */
function stageOf(state: PowerState): Stage | 'lost' | undefined {
  switch (state) {
    case 'no-contact':
    case 'old-data':
      return 'lost';
    case 'forced-shutdown':
    case 'low-battery':
    case 'on-battery':
      return state;
    case 'overload':
    case 'bypass':
    case 'fault':
    case 'replace-battery':
    case 'boost':
    case 'trim':
    case 'charging':
    case 'mains':
      return 'fine';
    case 'waiting':
    case 'output-off':
    case 'calibration':
    case 'self-test':
    case 'unknown':
      return undefined;
  }
}

function noticeOf(
  kind: NoticeKind,
  ups: UpsSnapshot,
  hasSeveral: boolean,
  locale: Locale,
  coming: string | undefined,
): Notice {
  const title = message(`notice.${kind}`, {}, locale);
  return {
    kind,
    ups: ups.name,
    title: hasSeveral ? message('notice.of', { title, ups: ups.name }, locale) : title,
    body: [bodyOf(kind, ups, locale), ...(kind === 'on-battery' && coming !== undefined ? [coming] : [])].join(' '),
    isUrgent: kind === 'on-battery' || kind === 'low-battery' || kind === 'forced-shutdown',
  };
}

const resultOfTest = (ups: UpsSnapshot): string | undefined => ups.variables['ups.test.result']?.value;

function bodyOf(kind: NoticeKind, ups: UpsSnapshot, locale: Locale): string {
  if (kind === 'no-contact') return message('notice.no-contact-advice', {}, locale);
  if (kind === 'test-ended') {
    return message('notice.test-ended-text', { result: resultOfTest(ups) ?? '' }, locale);
  }
  const sentence = powerSentence(ups, undefined, locale);
  return kind === 'low-battery' ? `${sentence} ${message('notice.low-battery-advice', {}, locale)}` : sentence;
}
