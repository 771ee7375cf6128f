import { describe, expect, test } from 'vitest';
import { asSeconds } from '#domain/units.ts';
import { driveMachine, namesOf, policyOf } from './test-support.ts';

describe('upssched', () => {
  const notices = {
    ...policyOf().notices,
    notifyFlag: { ONBATT: ['EXEC'], ONLINE: ['EXEC'] },
    upssched: {
      rules: [
        {
          type: 'ONBATT',
          ups: '*',
          command: { kind: 'start-timer', name: 'out', seconds: asSeconds(30), isShared: false },
        },
        { type: 'ONLINE', ups: '*', command: { kind: 'cancel-timer', name: 'out', otherwise: 'back' } },
      ],
    },
  } as const;

  test('timers run, survive a restart, and are cancelled', () => {
    const machine = driveMachine(policyOf({ notices }));
    machine.status('OL');
    machine.status('OB');
    machine.wait(10);
    machine.restart(10);
    expect(machine.wait(10)).toContainEqual({
      type: 'run-script',
      run: { name: 'out', ups: 'ups', type: 'ONBATT', message: 'UPS ups on battery' },
    });
    expect(machine.status('OL')).toContainEqual(
      expect.objectContaining({ type: 'run-script', run: expect.objectContaining({ name: 'back' }) as unknown }),
    );
    machine.status('OB');
    expect(namesOf(machine.status('OL'))).toEqual(['ONLINE']);
    expect(namesOf(machine.wait(60))).toEqual([]);
  });
});
