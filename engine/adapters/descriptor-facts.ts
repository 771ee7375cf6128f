/** The two things a port must know of a report descriptor before anyone has parsed it. */
import { readItems } from '#engine/hid/descriptor-items.ts';

export interface DescriptorFacts {
  /** Reports begin with an id byte. */
  readonly usesReportIds: boolean;
  /** Usage page of the first top-level collection. */
  readonly usagePage: number | undefined;
}

const TAG = { usagePage: 0x04, usage: 0x08, reportId: 0x84, collection: 0xa0 } as const;

export function describeDescriptor(descriptor: Uint8Array): DescriptorFacts {
  let page: number | undefined;
  let usagePage: number | undefined;
  let usesReportIds = false;
  for (const item of readItems(descriptor)) {
    if (item.kind !== 'short') continue;
    if (item.tag === TAG.reportId) usesReportIds = true;
    if (usagePage !== undefined) continue;
    if (item.tag === TAG.usagePage) page = item.unsigned;
    // A four byte usage carries its page in the upper half.
    if (item.tag === TAG.usage && item.size === 4) page = item.unsigned >>> 16;
    if (item.tag === TAG.collection) usagePage = page;
  }
  return { usesReportIds, usagePage };
}
