/** The built-in definitions, in the order in which they claim a device. */
import type { DeviceDefinition } from '#domain/schema/device-definition.ts';
import { apc } from './apc.ts';
import { arduino } from './arduino.ts';
import { belkin } from './belkin.ts';
import { cyberpower } from './cyberpower.ts';
import { delta } from './delta.ts';
import { eaton } from './eaton.ts';
import { ecoflow } from './ecoflow.ts';
import { ever } from './ever.ts';
import { idowell } from './idowell.ts';
import { legrand } from './legrand.ts';
import { liebert } from './liebert.ts';
import { openups } from './openups.ts';
import { powerDevice } from './power-device.ts';
import { powercom } from './powercom.ts';
import { powervar } from './powervar.ts';
import { salicru } from './salicru.ts';
import { tripplite } from './tripplite.ts';

/** Several share ids; the order is NUT's, so that a unit is read here as it is there. */
export const BUILT_IN_DEFINITIONS: readonly DeviceDefinition[] = [
  eaton,
  apc,
  arduino,
  belkin,
  cyberpower,
  delta,
  ecoflow,
  ever,
  idowell,
  legrand,
  liebert,
  openups,
  powercom,
  powervar,
  salicru,
  tripplite,
  powerDevice,
];

/** What is used for a power device of a maker nobody described. */
export const FALLBACK_ID = powerDevice.id;
