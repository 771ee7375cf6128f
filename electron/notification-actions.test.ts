import { expect, test } from 'vitest';
import { actionsOf } from './notification-actions.ts';

const names = (isOutage: boolean, commands: string[], canCancel: boolean): string[] =>
  actionsOf({ isOutage }, { commands }, canCancel, 'en').map(({ name }) => name);

test('an outage offers what can be done about it, and nothing that cannot', () => {
  expect(names(true, ['beeper.mute'], true)).toEqual(['cancel', 'mute']);
  expect(names(true, [], true)).toEqual(['cancel']);
  expect(names(true, ['beeper.mute'], false)).toEqual(['mute']);
  expect(actionsOf({ isOutage: true }, undefined, false, 'en')).toEqual([]);
});

test('what is no outage offers nothing', () => {
  expect(names(false, ['beeper.mute'], true)).toEqual([]);
});
