import { describe, expect, test } from 'vitest';
import { asMonotonic } from '#domain/units.ts';
import { authenticate, GuessBrake, mayRunCommand, type NutUser } from './users.ts';

const user = (name: string, password: string | undefined, commands: NutUser['commands'] = new Set()): NutUser => ({
  name,
  password,
  actions: new Set(),
  commands,
});

describe('passwords', () => {
  const users = [user('mon', 'pw'), user('nobody', undefined), user('empty', '')];

  test('name and password are compared exactly', () => {
    expect(authenticate(users, 'mon', 'pw')).toBe(users[0]);
    expect(authenticate(users, 'Mon', 'pw')).toBeUndefined();
    expect(authenticate(users, 'mon', 'PW')).toBeUndefined();
    expect(authenticate(users, 'mon', 'pw ')).toBeUndefined();
    expect(authenticate(users, 'other', 'pw')).toBeUndefined();
  });

  test('a user without a password can never log in, not even with an empty one', () => {
    expect(authenticate(users, 'nobody', '')).toBeUndefined();
    expect(authenticate(users, 'empty', '')).toBe(users[2]);
  });

  test('with two sections of one name the first counts', () => {
    const twice = [user('mon', 'a'), user('mon', 'b')];
    expect(authenticate(twice, 'mon', 'b')).toBeUndefined();
  });

  test('commands are compared without case', () => {
    expect(mayRunCommand(user('u', 'p', new Set(['load.off'])), 'Load.Off')).toBe(true);
    expect(mayRunCommand(user('u', 'p', new Set(['load.off'])), 'load.on')).toBe(false);
    expect(mayRunCommand(user('u', 'p', 'all'), 'anything')).toBe(true);
  });
});

describe('the brake on guessing', () => {
  const at = asMonotonic;

  test('the first wrong passwords cost nothing, the next ones ever more, up to a limit', () => {
    const brake = new GuessBrake();
    let now = 0;
    const delays = Array.from({ length: 14 }, () => {
      const delay = brake.holdRefusal('10.0.0.1', at(now));
      now += delay;
      return delay;
    });
    expect(delays.slice(0, 5)).toEqual([0, 0, 0, 0, 0]);
    expect(delays.slice(5)).toEqual([250, 500, 1000, 2000, 4000, 4000, 4000, 4000, 4000]);
  });

  test('one address does not pay for another', () => {
    const brake = new GuessBrake();
    for (let guess = 0; guess < 100; guess++) brake.holdRefusal('10.0.0.1', at(0));
    expect(brake.holdRefusal('10.0.0.2', at(0))).toBe(0);
    expect(brake.waitBeforeCheck('10.0.0.2', at(0))).toBe(0);
  });

  test('many guesses at a time make the next one wait before it is looked at', () => {
    const brake = new GuessBrake();
    for (let guess = 0; guess < 12; guess++) brake.holdRefusal('10.0.0.1', at(0));
    expect(brake.waitBeforeCheck('10.0.0.1', at(0))).toBe(0);
    brake.holdRefusal('10.0.0.1', at(0));
    // Eight refusals are held back now; the first of them is let go after 250 ms.
    expect(brake.waitBeforeCheck('10.0.0.1', at(0))).toBe(250);
    expect(brake.waitBeforeCheck('10.0.0.1', at(250))).toBe(0);
  });

  test('a household of IPv6 addresses counts as one', () => {
    const brake = new GuessBrake();
    for (let guess = 0; guess < 5; guess++) brake.holdRefusal(`2001:db8:0:1::${guess}`, at(0));
    expect(brake.holdRefusal('2001:DB8:0:1:ffff::1', at(0))).toBe(250);
    expect(brake.holdRefusal('2001:db8:0:2::1', at(0))).toBe(0);
  });

  test('after ten quiet minutes all is forgotten', () => {
    const brake = new GuessBrake();
    for (let guess = 0; guess < 9; guess++) brake.holdRefusal('10.0.0.1', at(0));
    expect(brake.holdRefusal('10.0.0.1', at(10 * 60_000))).toBe(0);
  });
});
