import { expect, test } from 'vitest';
import type { Incident, UpsSnapshot } from '#domain/schema/snapshot.ts';
import type { Api, NumberedEvent } from '#engine/api/handlers.ts';
import { upsWith } from './test-support.ts';
import { watchUpses } from './ups-watch.ts';

const outage = (startedAt: number, endedAt?: number): Incident => ({
  id: startedAt,
  ups: 'office',
  kind: 'on-battery',
  startedAt,
  ...(endedAt === undefined ? {} : { endedAt }),
});

function setUp(upses: UpsSnapshot[], incidents: Incident[] = []) {
  let tell: (event: NumberedEvent) => void = () => {};
  const api = {
    handle: () => Promise.resolve({ ok: true, value: { sequence: 0, upses, incidents, clients: [] } }),
    onEvent: (receive: typeof tell) => {
      tell = receive;
      return () => (tell = () => {});
    },
  } as unknown as Pick<Api, 'handle' | 'onEvent'>;
  return { api, upses, tell: (event: NumberedEvent) => tell(event) };
}

const changed = (snapshot: UpsSnapshot): NumberedEvent => ({
  name: 'ups.changed',
  payload: {
    sequence: 1,
    ups: snapshot.name,
    at: 1,
    availability: snapshot.availability,
    revision: 2,
    snapshot,
    changed: [],
  },
});

const settled = () => new Promise((resolve) => setImmediate(resolve));

test('what is there at first is followed by every change', async () => {
  const { api, tell } = setUp([upsWith({ 'ups.status': 'OL' })]);
  const watch = await watchUpses(api);
  const statuses: (string | undefined)[] = [];
  watch.onChange(([ups]) => statuses.push(ups?.snapshot.variables['ups.status']?.value));
  tell(changed(upsWith({ 'ups.status': 'OB' })));
  expect(statuses).toEqual(['OB']);
  expect(watch.list()[0]?.snapshot.variables['ups.status']?.value).toBe('OB');
});

test('the start of an outage that lasts is known, that of a past one is not', async () => {
  const past = await watchUpses(setUp([upsWith({})], [outage(100, 200)]).api);
  expect(past.list()[0]?.onBatterySince).toBeUndefined();
  const { api, tell } = setUp([upsWith({})], [outage(500), outage(100, 200)]);
  const watch = await watchUpses(api);
  expect(watch.list()[0]?.onBatterySince).toBe(500);
  tell({ name: 'incident', payload: { sequence: 2, incident: outage(500, 600) } });
  expect(watch.list()[0]?.onBatterySince).toBeUndefined();
});

test('UPSes that come and go are read anew', async () => {
  const { api, tell, upses } = setUp([upsWith({})]);
  const watch = await watchUpses(api);
  upses[0] = upsWith({}, { name: 'attic' });
  tell({ name: 'ups.listChanged', payload: { sequence: 3, names: ['attic'] } });
  await settled();
  expect(watch.list().map(({ snapshot }) => snapshot.name)).toEqual(['attic']);
});

test('after the stop nobody is called', async () => {
  const { api, tell } = setUp([upsWith({})]);
  const watch = await watchUpses(api);
  let calls = 0;
  watch.onChange(() => (calls += 1));
  watch.stop();
  tell(changed(upsWith({})));
  expect(calls).toBe(0);
});
