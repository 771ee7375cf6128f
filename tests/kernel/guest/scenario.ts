/** Runs inside of the virtual machine, as root, in the project's folder: all proofs with one recorded UPS. */
import { after, before } from 'node:test';
import { hidrawCases } from './hidraw-cases.ts';
import { portCases } from './port-cases.ts';
import { programCases } from './program-cases.ts';
import { readRecordedDevice, VirtualUps } from './virtual-ups.ts';

const RECORDING = 'tests/fixtures/devices/051d-0002-back-ups-es-850g2';
const ups = new VirtualUps(await readRecordedDevice(RECORDING));

before(() => ups.plugIn());
hidrawCases(ups);
portCases(ups);
programCases(ups, RECORDING);
// A device that waits for its kernel keeps the process alive.
after(() => (ups.isPluggedIn ? ups.unplug() : undefined));
