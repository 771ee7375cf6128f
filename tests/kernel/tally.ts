import type { MachineOutcome } from './virtual-machine.ts';

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export interface Tally {
  /** Takes one line of what Node's test runner reports as TAP. @returns whether a person should see it */
  take(line: string): boolean;
  /** @returns what was counted, a run that broke off or reported nothing being a failure of its own */
  close(outcome: MachineOutcome): Counts;
}

const RESULT = /^(not )?ok \d+ - .*?(# (?:SKIP|TODO)\b.*)?$/;
const PLAN = /^1\.\.\d+$/;
const HEADING = /^(TAP version|# (Subtest|tests|suites|pass|fail|cancelled|skipped|todo|duration_ms)\b)/;

/** Counts top-level test results and leaves out what says nothing: headings, durations, details of what went well. */
export function createTally(): Tally {
  let passed = 0;
  let failed = 0;
  let skipped = 0;
  let isComplete = false;
  let showsDetails = false;

  return {
    take(line) {
      const result = RESULT.exec(line);
      if (result) {
        const [, isFailed, isSkipped] = result;
        if (isFailed) failed++;
        else if (isSkipped) skipped++;
        else passed++;
        showsDetails = isFailed !== undefined;
        return true;
      }
      if (PLAN.test(line)) {
        isComplete = true;
        return false;
      }
      if (HEADING.test(line)) return false;
      const isDetail = line.startsWith('  ');
      return isDetail ? showsDetails : true;
    },

    close({ status }) {
      const endedWell = status === 0 && isComplete && passed + failed + skipped > 0;
      return { passed, failed: endedWell || failed > 0 ? failed : 1, skipped };
    },
  };
}
