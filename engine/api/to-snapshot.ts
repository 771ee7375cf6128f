import type { UpsSnapshot, VariableSnapshot } from '#domain/schema/snapshot.ts';
import { attachmentOf } from '#engine/drivers/attachment.ts';
import type { NamedVariable, UpsState } from '#engine/state/ups-state.ts';

/** One UPS in the shape of the contract. The forced shutdown latch stands for itself: ups.status is what the device says. */
export function toSnapshot(state: UpsState): UpsSnapshot {
  const attachment = attachmentOf(state.config);
  return {
    name: state.config.name,
    ...(state.config.description === undefined ? {} : { description: state.config.description }),
    driver: state.config.driver,
    isDemo: state.config.driver === 'demo',
    ...(attachment === undefined ? {} : { attachment }),
    availability: state.availability,
    ...(state.error === undefined ? {} : { error: { ...state.error, details: { ...state.error.details } } }),
    ...(state.heardAt === undefined ? {} : { heardAt: state.heardAt.wall }),
    isForcedShutdown: state.isForcedShutdown,
    variables: Object.fromEntries(
      [...state.variables.values()].map((variable) => [variable.name, toVariable(variable)]),
    ),
    commands: [...state.commands],
    notes: state.notes.map((note) => ({ ...note, details: { ...note.details } })),
    revision: state.revision,
  };
}

function toVariable({ value, changedAt, traits }: NamedVariable): VariableSnapshot {
  return {
    value,
    changedAt,
    isWritable: traits.isWritable === true,
    ...(traits.kind === undefined ? {} : { kind: traits.kind }),
    ...(traits.maxLength === undefined ? {} : { maxLength: traits.maxLength }),
    ...(traits.values === undefined ? {} : { values: [...traits.values] }),
    ...(traits.ranges === undefined ? {} : { ranges: traits.ranges.map((range) => ({ ...range })) }),
  };
}
