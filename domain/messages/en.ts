import { alertForm } from './en/alert-form.ts';
import { alerts } from './en/alerts.ts';
import { api } from './en/api.ts';
import { battery } from './en/battery.ts';
import { devices } from './en/devices.ts';
import { doctor } from './en/doctor.ts';
import { drivers } from './en/drivers.ts';
import { faces } from './en/faces.ts';
import { form } from './en/form.ts';
import { hid } from './en/hid.ts';
import { monitor } from './en/monitor.ts';
import { history } from './en/history.ts';
import { nut } from './en/nut.ts';
import { pages } from './en/pages.ts';
import { power } from './en/power.ts';
import { reasons } from './en/reasons.ts';
import { settings } from './en/settings.ts';
import { setup } from './en/setup.ts';
import { shell } from './en/shell.ts';
import { shutdown } from './en/shutdown.ts';
import { web } from './en/web.ts';
import { wizard } from './en/wizard.ts';

/** The English catalogue. Other languages have the same keys; `{name}` stands for a parameter. */
export const en = {
  ...alertForm,
  ...alerts,
  ...api,
  ...battery,
  ...hid,
  ...doctor,
  ...history,
  ...drivers,
  ...devices,
  ...monitor,
  ...nut,
  ...faces,
  ...form,
  ...pages,
  ...power,
  ...reasons,
  ...settings,
  ...setup,
  ...shell,
  ...shutdown,
  ...web,
  ...wizard,
} as const;
