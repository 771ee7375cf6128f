import { api } from './en/api.ts';
import { devices } from './en/devices.ts';
import { drivers } from './en/drivers.ts';
import { hid } from './en/hid.ts';
import { nut } from './en/nut.ts';
import { settings } from './en/settings.ts';
import { web } from './en/web.ts';

/** The English catalogue. Other languages have the same keys; `{name}` stands for a parameter. */
export const en = { ...api, ...hid, ...drivers, ...devices, ...nut, ...settings, ...web } as const;
