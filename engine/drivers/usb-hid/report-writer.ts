/** Carries out commands and settings: reads what a write builds on, plans it, sends it. */
import { HidError, describeError } from '#domain/errors.ts';
import type { BindingUpdate, DeviceBinding, WritePlan } from '#engine/devices/binding.ts';
import type { DriverOutcome } from '#engine/drivers/driver.ts';
import type { HidConnection, Log } from '#engine/ports.ts';
import type { PriorityLock } from './priority-lock.ts';
import type { ReportReader } from './report-reader.ts';
import type { SessionLife } from './session-life.ts';

export interface ReportWriterParts {
  readonly connection: HidConnection;
  readonly binding: DeviceBinding;
  readonly reader: ReportReader;
  readonly life: SessionLife;
  readonly lock: PriorityLock;
  readonly log: Log;
  readonly onUpdate: (update: BindingUpdate) => void;
  /** Something was sent: what was read before is old. */
  readonly onWritten: () => void;
}

export interface ReportWriter {
  runCommand(command: string, parameter: string | undefined): Promise<DriverOutcome>;
  setVariable(variable: string, value: string): Promise<DriverOutcome>;
  killPower(): Promise<DriverOutcome>;
}

export function createReportWriter(parts: ReportWriterParts): ReportWriter {
  const { connection, binding, reader, life, lock, log, onUpdate, onWritten } = parts;
  const { reports } = reader;

  /** @param plans ways to do it, best first; the next is tried when one fails */
  const write = async (name: string, what: string, plans: () => readonly WritePlan[]): Promise<DriverOutcome> => {
    const { outcome, isWritten } = await lock.run('urgent', async () => {
      await reader.refresh(binding.reportsForWrite(name));
      const done: { outcome: DriverOutcome; isWritten: boolean } = { outcome: 'failed', isWritten: false };
      for (const plan of life.isOver() ? [] : planned(what, plans)) {
        done.isWritten ||= plan.ok && plan.steps.some(({ type }) => type === 'write');
        done.outcome = await carryOut(what, plan);
        if (done.outcome === 'handled') break;
      }
      return done;
    });
    if (isWritten) onWritten();
    return outcome;
  };

  /** A value that does not fit its field is refused by the codec with an error of its own. */
  const planned = (what: string, plans: () => readonly WritePlan[]): readonly WritePlan[] => {
    try {
      return plans();
    } catch (error) {
      log.warn(`${what} is not possible: ${describeError(error)}`);
      return [{ ok: false, outcome: error instanceof HidError ? 'invalid' : 'failed' }];
    }
  };

  const carryOut = async (what: string, plan: WritePlan): Promise<DriverOutcome> => {
    if (!plan.ok) return plan.outcome;
    try {
      for (const step of plan.steps) {
        life.throwIfOver();
        if (step.type === 'pause') await life.pause(step.ms);
        else await reader.ask(() => connection.setFeatureReport(step.report));
      }
    } catch (error) {
      log.warn(`${what} failed: ${describeError(error)}`);
      return 'failed';
    }
    if (plan.update) onUpdate(plan.update);
    return 'handled';
  };

  return {
    runCommand: (command, parameter) =>
      write(command, `Command ${command}`, () => [binding.planCommand(command, parameter, reports)]),
    setVariable: (variable, value) =>
      write(variable, `Setting ${variable}`, () => [binding.planSet(variable, value, reports)]),
    killPower: () => write('killpower', 'Switching the UPS off', () => binding.planKillPower(reports)),
  };
}
