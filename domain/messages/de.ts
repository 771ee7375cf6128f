/**
 * The German catalogue, one file for each of the English ones. Each lists every key of its English sister, so a text
 * that is missing here does not compile.
 *
 * Words, chosen once and kept. UPS: USV (die, mehrere: USVs). Battery: Akku. Mains: Netz, on mains: Netzbetrieb, on
 * battery: Akkubetrieb. Outage: Stromausfall. Charge: Ladestand. Runtime: Restlaufzeit, in a sentence "noch etwa".
 * Load: Last. Switch off: abschalten; shut a computer down: herunterfahren; forced shutdown: Zwangsabschaltung.
 * Self test: Selbsttest. Calibration: Kalibrierung. Beeper: Warnton. Alarm, Bypass, Treiber, Befehl, Variable as they
 * are. Contact: Verbindung. Computer: Rechner. Log: Protokoll. Password: Passwort. Log in: anmelden. Outlet: Steckdose.
 *
 * Tone: nobody is addressed. What to do stands in the infinitive ("USB-Kabel prüfen"). No exclamation marks. Names of
 * programs, files, options and variables stay as they are typed.
 */
import { alertForm } from './de/alert-form.ts';
import { alerts } from './de/alerts.ts';
import { api } from './de/api.ts';
import { battery } from './de/battery.ts';
import { devices } from './de/devices.ts';
import { doctor } from './de/doctor.ts';
import { drivers } from './de/drivers.ts';
import { faces } from './de/faces.ts';
import { form } from './de/form.ts';
import { hid } from './de/hid.ts';
import { monitor } from './de/monitor.ts';
import { history } from './de/history.ts';
import { nut } from './de/nut.ts';
import { pages } from './de/pages.ts';
import { power } from './de/power.ts';
import { reasons } from './de/reasons.ts';
import { settings } from './de/settings.ts';
import { setup } from './de/setup.ts';
import { shell } from './de/shell.ts';
import { shutdown } from './de/shutdown.ts';
import { web } from './de/web.ts';
import { wizard } from './de/wizard.ts';
import type { en } from './en.ts';

export const de: Readonly<Record<keyof typeof en, string>> = {
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
};
