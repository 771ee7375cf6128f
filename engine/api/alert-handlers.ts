/** The ways to people over the contract: tried, and what is wrong with them. */
import type { RequestName, RequestParams, RequestResult } from '#domain/contract.ts';
import type { ChannelTrouble } from '#domain/schema/alerts.ts';
import type { Settings } from '#domain/schema/settings/settings.ts';
import type { Alerts } from '#engine/alerts/alerts.ts';
import { readDraft } from '#engine/settings/draft.ts';

type AlertRequest = Extract<RequestName, `alerts.${string}`>;
export type AlertHandlers = {
  [Name in AlertRequest]: (params: RequestParams<Name>) => RequestResult<Name> | Promise<RequestResult<Name>>;
};

/** @param alerts undefined before the start @param settingsNow for the secrets that a draft only names */
export function createAlertHandlers(
  alerts: () => Pick<Alerts, 'testChannel' | 'troubles'> | undefined,
  settingsNow: () => Settings,
): AlertHandlers {
  return {
    'alerts.test': async ({ channel, settings: sent }) => {
      const { settings, problems } = readDraft(sent, settingsNow());
      const index = settings?.alerts.channels.findIndex(({ id }) => id === channel) ?? -1;
      // What is wrong elsewhere in the form is no concern of this one.
      const own = problems.filter(
        ({ path, severity }) =>
          severity === 'error' && (!settings || (path[0] === 'alerts' && path[1] === 'channels' && path[2] === index)),
      );
      if (!settings || own.length > 0) {
        return { isSent: false, problems: own.map(({ path, ...problem }) => ({ ...problem, path: [...path] })) };
      }
      await alerts()?.testChannel(channel, settings);
      return { isSent: true, problems: [] };
    },
    'alerts.troubles': () => ({ troubles: troublesOf(alerts()) }),
  };
}

export const troublesOf = (alerts: Pick<Alerts, 'troubles'> | undefined): ChannelTrouble[] =>
  (alerts?.troubles() ?? []).map((trouble) => ({ ...trouble }));
