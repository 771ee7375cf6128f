/**
 * The shutdown monitor: why this computer goes down (`monitor.why.`), why it does not now (`monitor.now.`), what it does
 * (`monitor.say.`), the plan (`monitor.plan.`) and the story afterwards (`monitor.story.`). Whole sentences.
 */
export const monitor = {
  'monitor.now.unheard': 'Waiting for the first word of {ups}.',
  'monitor.now.never-heard': 'No contact with {ups} yet: it counts as good, nothing is shut down.',
  'monitor.now.line': '{ups} is on mains power: nothing is shut down.',
  'monitor.now.unknown': '{ups} does not say whether it is on mains power: nothing is shut down.',
  'monitor.now.low-on-line': '{ups} says that its battery is low but is on mains power: nothing is shut down.',
  'monitor.now.lost-on-line': 'Contact with {ups} is lost. It was on mains power: nothing is shut down.',
  'monitor.now.lost-on-battery':
    'Contact with {ups} is lost while it was on battery: shutdown unless it answers in time.',
  'monitor.now.lost-at-risk':
    'Contact with {ups} is lost in a state that bears no silence: shutdown unless it answers in time.',
  'monitor.now.battery': '{ups} is on battery: shutdown when its battery is low.',
  'monitor.now.counting':
    '{ups} is on battery: shutdown when the time that is set is over, unless mains power returns before.',
  'monitor.now.postponed': '{ups} is on battery; the shutdown was put off by a person.',
  'monitor.now.cancelled':
    '{ups} is on battery; the shutdown was cancelled by a person. A low battery still leads to it.',
  'monitor.now.test': '{ups} is testing its battery: nothing is shut down.',
  'monitor.now.calibration': '{ups} is calibrating and its battery is low, as it has to be: nothing is shut down.',
  'monitor.now.low': 'The battery of {ups} is low: shutdown if that lasts.',
  'monitor.now.low-secondary':
    'The battery of {ups} is low: shutdown when its primary says so, or without it after a while.',
  'monitor.now.off': 'The output of {ups} is switched off: shutdown if that lasts.',
  'monitor.now.off-duty': 'No supply is watched: nothing is shut down from here.',
  'monitor.now.enough': '{ups} no longer counts, but the other supplies are enough: nothing is shut down.',

  'monitor.why.fsd': '{ups} is in forced shutdown.',
  'monitor.why.lost-over': 'Contact with {ups} was lost while it was overloaded.',
  'monitor.why.lost-alarm': 'Contact with {ups} was lost while it had an alarm.',
  'monitor.why.lost-calibration': 'Contact with {ups} was lost during a calibration.',
  'monitor.why.lost-bypass': 'Contact with {ups} was lost while it was on bypass.',
  'monitor.why.lost-off': 'Contact with {ups} was lost while its output was switched off.',
  'monitor.why.off': 'The output of {ups} has been switched off for too long.',
  'monitor.why.low': 'The battery of {ups} is low.',
  'monitor.why.dead': 'Contact with {ups} was lost while it was on battery, and it has been silent for too long.',
  'monitor.why.time': '{ups} has been on battery for {time}.',
  'monitor.why.charge': 'The battery of {ups} is at {charge} %, the limit is {limit} %.',
  'monitor.why.runtime': 'The battery of {ups} lasts {time} more, the limit is {limit}.',
  'monitor.why.person': 'A person asked for it.',
  'monitor.why.too-little': 'The supplies that are left are not enough.',

  'monitor.say.shutdown': 'Shutdown begins, and nothing can stop it any more. {why}',
  'monitor.say.waiting': 'Waiting for secondaries to log out: {names}.',
  'monitor.say.no-more-waiting': 'Secondaries are waited for no longer. Still there: {names}.',
  'monitor.say.nobody-known': 'nobody that is known',
  'monitor.say.before': 'The command before the action runs; it has {seconds} s.',
  'monitor.say.before-ended': 'The command before the action is done.',
  'monitor.say.before-failed': 'The command before the action failed ({failure}). The shutdown goes on.',
  'monitor.say.before-silent': 'Nothing is known of the command before the action. The shutdown goes on.',
  'monitor.say.after': 'The command after the action runs.',
  'monitor.say.after-ended': 'The command after the action is done.',
  'monitor.say.after-failed': 'The command after the action failed ({failure}).',
  'monitor.say.acted': 'The shutdown action was carried out.',
  'monitor.say.retry': 'The shutdown action failed ({failure}). Next try in {seconds} s.',
  'monitor.say.failed':
    'The shutdown action failed {attempts} times ({failure}). This computer stays on: shut it down by hand.',
  'monitor.say.ready-again': 'Mains power has been good for a while: ready for the next outage.',
  'monitor.say.resumed': 'The computer slept or stood still: the supplies are looked at anew, time on battery goes on.',
  'monitor.say.cancelled': 'A person cancelled the shutdown. A low battery still leads to it.',
  'monitor.say.postponed': 'A person put the shutdown off by {seconds} s.',
  'monitor.say.goes-on': 'The monitor goes on where it stood.',
  'monitor.say.power-off': '{ups} was told to switch off in {seconds} s.',
  'monitor.say.power-off-late': '{ups} is switched off at the very end of the shutdown, by the hook of the system.',
  'monitor.say.no-power-off': '{ups} cannot be told to switch off later: it has no fitting command.',
  'monitor.say.power-off-refused': '{ups} did not take the command {command} ({outcome}).',

  'monitor.plan.fsd': 'is told to shut down (FSD)',
  'monitor.plan.begin': 'begins to shut down',
  'monitor.plan.wait': 'waits for secondaries no longer',
  'monitor.plan.before': 'runs the command before, for {time} at most',
  'monitor.plan.after': 'runs the command after',
  'monitor.plan.after-wake': 'runs the command after, once it is awake again',
  'monitor.plan.shutdown': 'shuts down',
  'monitor.plan.hibernate': 'hibernates',
  'monitor.plan.sleep': 'goes to sleep',
  'monitor.plan.hybrid-sleep': 'goes to hybrid sleep',
  'monitor.plan.restart': 'restarts',
  'monitor.plan.command': 'runs its shutdown command',
  'monitor.plan.nothing': 'would act now, but is set to do nothing',
  'monitor.plan.power-off': 'switches its output off',
  'monitor.story.outage':
    'Power was out from {from}; this computer shut down at {at} with {charge} % left; power came back at {back}.',
  'monitor.story.outage-plain':
    'Power was out from {from}; this computer shut down at {at}; power came back at {back}.',
  'monitor.story.shutdown': 'This computer shut down at {at} ({why}) and was started again at {back}.',
  'monitor.this-computer': 'This computer',

  'error.monitor/refused-under-test': 'No real power action under test: {action}.',
  'remedy.monitor/refused-under-test': 'Unset NODE_ENV, VITEST and RIDETHROUGH_NO_POWER outside of tests.',
  'error.monitor/not-kept': 'The state of the shutdown monitor cannot be kept in {file}: {reason}.',
  'remedy.monitor/not-kept':
    'Make room, and let the program write there: after a restart in mid-outage it would begin from zero.',
  'error.monitor/state-unusable': 'The kept state of the shutdown monitor in {file} cannot be used: {reason}.',
  'remedy.monitor/state-unusable': 'Nothing to do: the monitor begins anew.',
} as const;
