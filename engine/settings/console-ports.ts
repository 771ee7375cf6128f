/** UPSes whose port is the console of the system. Whether it is one is looked up; a console that is left is no fault. */
import { phrase, type Text } from '#domain/messages/message.ts';
import type { FieldProblem } from '#domain/schema/field-problem.ts';
import type { Settings } from '#domain/schema/settings/settings.ts';
import type { ConfigFault } from '#engine/drivers/check-sections.ts';
import type { UpsConfig } from '#engine/drivers/driver.ts';
import { consoleAt, systemConsoles, type ConsolePlaces } from '#engine/drivers/system-consoles.ts';

const said = (port: string, name: string): { readonly reason: Text; readonly fix: Text } => ({
  reason: phrase('field.console-port', { port }),
  fix: phrase('field.console-port.fix', { name }),
});

/**
 * As problems of their fields.
 * @param before settings that are in force: a port that was taken then is warned of and stays
 */
export async function consoleProblems(
  { ups }: Settings,
  before: Settings | undefined,
  places?: ConsolePlaces,
): Promise<readonly FieldProblem[]> {
  const consoles = await systemConsoles(places);
  const problems: FieldProblem[] = [];
  for (const [index, { id, mode, port }] of ups.entries()) {
    const name = mode === 'MASTER' ? await consoleAt(port, consoles) : undefined;
    if (name === undefined) continue;
    const isAsBefore = before?.ups.some((one) => one.id === id && one.mode === mode && one.port === port);
    problems.push({ path: ['ups', index, 'port'], severity: isAsBefore ? 'warning' : 'error', ...said(port, name) });
  }
  return problems;
}

/** As faults of the sections of ups.conf. */
export async function consoleFaults(
  sections: readonly UpsConfig[],
  confDir: string,
  places?: ConsolePlaces,
): Promise<readonly ConfigFault[]> {
  const consoles = await systemConsoles(places);
  const faults: ConfigFault[] = [];
  for (const { name: section, port, origin } of sections) {
    const name = await consoleAt(port, consoles);
    if (name === undefined) continue;
    const { reason: what, fix } = said(port, name);
    const { file, line } = origin ?? { file: confDir, line: 0 };
    faults.push({ file, line, reason: phrase('section.fault', { section, what }), fix });
  }
  return faults;
}
