/** When something is put on the screen. */

/** Comes back when what is on the page now has been painted; on a hidden page when it is seen again. */
export const afterPaint = (): Promise<void> =>
  new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 0)));

/** Arranges that changes come on the screen. @param isUrgent to be said even where nobody looks, as the title of a tab */
export type Schedule = (publish: () => void, isUrgent: boolean) => void;

/**
 * Once a frame while the page is seen. Frames rest while it is hidden: then only what is urgent is published, and the
 * rest when the page is seen again.
 */
export function createFrameSchedule(document: Document): Schedule {
  let frame: number | undefined;
  return (publish, isUrgent) => {
    if (document.hidden && isUrgent) {
      publish();
      return;
    }
    frame ??= requestAnimationFrame(() => {
      frame = undefined;
      publish();
    });
  };
}
