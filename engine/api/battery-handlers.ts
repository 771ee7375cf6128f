/** The part of the contract about batteries and about what the load used. */
import type { RequestParams, RequestResult } from '#domain/contract.ts';
import type { Battery } from '#engine/battery/battery.ts';
import { energyIn } from '#engine/history/energy.ts';
import type { History } from '#engine/history/history.ts';
import type { UpsState } from '#engine/state/ups-state.ts';

export interface BatteryParts {
  readonly battery: Battery;
  readonly history: Pick<History, 'integrals'>;
  /** @throws ApiError api/unknown-ups */
  readonly upsNamed: (name: string) => UpsState;
}

const NOTHING = { sum: 0, knownMs: 0 };

export function createBatteryHandlers({ battery, history, upsNamed }: BatteryParts) {
  return {
    'battery.get': ({ ups }: RequestParams<'battery.get'>): Promise<RequestResult<'battery.get'>> =>
      battery.view(upsNamed(ups)),
    'battery.setReplaced': async ({
      ups,
      day,
    }: RequestParams<'battery.setReplaced'>): Promise<RequestResult<'battery.setReplaced'>> => ({
      outcome: await battery.setReplaced(upsNamed(ups), day),
    }),
    'history.energy': async ({
      ups,
      edges,
    }: RequestParams<'history.energy'>): Promise<RequestResult<'history.energy'>> => {
      const [measured, load, nominal] = await Promise.all(
        ['ups.realpower', 'ups.load', 'ups.realpower.nominal'].map((variable) =>
          history.integrals(ups, variable, edges),
        ),
      );
      return {
        periods: edges.slice(1).map((_, place) =>
          energyIn({
            measured: measured?.[place] ?? NOTHING,
            load: load?.[place] ?? NOTHING,
            nominal: nominal?.[place] ?? NOTHING,
          }),
        ),
      };
    },
  };
}
