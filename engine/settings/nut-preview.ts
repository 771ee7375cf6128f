/** The NUT files that settings amount to, to be read before anything is written. */
import type { Settings } from '#domain/schema/settings/settings.ts';
import { hideSecrets } from './hidden-lines.ts';
import { toNutConf } from './settings-to-nut.ts';
import { writeNutFiles, type NutFile } from './nut-files.ts';

const HIDDEN = '(hidden)';

/** Passwords are left out. */
export function previewOf(settings: Settings): NutFile[] {
  const hide = (password: string | undefined): string | undefined => (password === undefined ? undefined : HIDDEN);
  const { ups, server } = settings;
  return writeNutFiles(
    toNutConf({
      ...settings,
      ups: ups.map((one) => ({ ...one, monpwd: hide(one.monpwd), options: hideSecrets(one.options) })),
      server: {
        ...server,
        optionsupsd: hideSecrets(server.optionsupsd),
        monpwd: hide(server.monpwd),
        users: server.users.map((user) => ({ ...user, password: hide(user.password) })),
      },
    }).conf,
    settings,
  );
}
