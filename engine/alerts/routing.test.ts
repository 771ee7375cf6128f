import { describe, expect, test } from 'vitest';
import { dueAt, takes } from './routing.ts';

const NIGHT = { least: 'care', except: [], quietFrom: '22:30', quietTo: '07:00' } as const;
const at = (day: number, hour: number, minute = 0): number => new Date(2026, 10, day, hour, minute).getTime();

test('a way takes what matters enough and is not left out', () => {
  expect(takes(NIGHT, 'no-contact', 'care')).toBe(true);
  expect(takes(NIGHT, 'trim', 'info')).toBe(false);
  expect(takes({ ...NIGHT, least: 'danger' }, 'no-contact', 'care')).toBe(false);
  expect(takes({ ...NIGHT, least: 'danger' }, 'no-contact', 'danger')).toBe(true);
  expect(takes({ ...NIGHT, except: ['on-battery'] }, 'on-battery', 'danger')).toBe(false);
});

describe('quiet hours', () => {
  test('over midnight hold back until the morning', () => {
    expect(dueAt(NIGHT, 'care', at(3, 23))).toBe(at(4, 7));
    expect(dueAt(NIGHT, 'care', at(4, 6, 59))).toBe(at(4, 7));
    expect(dueAt(NIGHT, 'care', at(4, 7))).toBe(at(4, 7));
    expect(dueAt(NIGHT, 'care', at(4, 22, 29))).toBe(at(4, 22, 29));
    expect(dueAt(NIGHT, 'care', at(4, 22, 30))).toBe(at(5, 7));
  });

  test('within a day too', () => {
    const noon = { ...NIGHT, quietFrom: '12:00', quietTo: '14:00' };
    expect(dueAt(noon, 'info', at(3, 12))).toBe(at(3, 14));
    expect(dueAt(noon, 'info', at(3, 14))).toBe(at(3, 14));
    expect(dueAt(noon, 'info', at(3, 11, 59))).toBe(at(3, 11, 59));
  });

  test('are not for danger, and are none where a time is missing', () => {
    expect(dueAt(NIGHT, 'danger', at(3, 23))).toBe(at(3, 23));
    expect(dueAt({ ...NIGHT, quietTo: '' }, 'care', at(3, 23))).toBe(at(3, 23));
    expect(dueAt({ ...NIGHT, quietTo: '22:30' }, 'care', at(3, 23))).toBe(at(3, 23));
  });
});
