/**
 * A program that saves settings and passwords without end, to be killed in the midst of it: `settings-saver.ts DIR`. Each
 * round sets two passwords and two settings to the number of the round.
 */
import { changeSettings } from '#engine/settings/change-settings.ts';
import { updateSettings } from '#engine/settings/settings-store.ts';

const [folder = ''] = process.argv.slice(2);
for (let round = 1; ; round += 1) {
  const number = `${process.pid}-${round}`;
  await updateSettings(folder, (before) =>
    changeSettings(before, [
      ['server.monpwd', `server-${number}`],
      ['mail.password', `mail-${number}`],
      ['mail.user', number],
      ['web.hostNames', `host-${number}`],
    ]),
  );
  if (round === 1) process.stdout.write('saved\n');
}
