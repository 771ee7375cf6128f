/** Runs inside of the virtual machine, as root, in the project's folder: all proofs with one recorded UPS. */
import { after, before } from 'node:test';
import { hidrawCases } from './hidraw-cases.ts';
import { portCases } from './port-cases.ts';
import { readRecordedDevice, VirtualUps } from './virtual-ups.ts';

const ups = new VirtualUps(await readRecordedDevice('tests/fixtures/devices/051d-0002-back-ups-es-850g2'));

before(() => ups.plugIn());
hidrawCases(ups);
portCases(ups);
after(() => ups.unplug());
