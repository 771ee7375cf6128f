/** What is wrong with a page for somebody: found by axe, by its width, and by walking through it with the tab key. */
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';

/** @returns what axe finds, one line for each rule, with the places */
export async function violationsOf(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
}

/**
 * Whether the page must be pushed sideways to be read. Parts that are drawn to measure, as picture and charts are, follow
 * a change of size some frames later, on a busy computer many: wide is what stays so.
 */
export const isWiderThanWindow = (page: Page): Promise<boolean> =>
  page.evaluate(`(async () => {
    const { documentElement } = document;
    let isWide = true;
    for (let frame = 0; frame < 2 || (isWide && frame < 120); frame += 1) {
      await new Promise(requestAnimationFrame);
      isWide = documentElement.scrollWidth > documentElement.clientWidth;
    }
    return isWide;
  })()`);

interface Stop {
  /** Place in the order of the document, which is the same when the walk comes by again. */
  readonly place: number;
  readonly name: string;
  /** It is marked as focused, and not wholly covered or out of the window. */
  readonly isSeen: boolean;
}

/** The mark may be on the element, on the label around it, or on what stands for a hidden radio. */
const FOCUSED = `(() => {
  const element = document.activeElement;
  if (!element || element === document.body || element === document.documentElement) return null;
  const label = element.closest('label');
  const shown = label ?? element;
  const isMarked = [element, label, element.parentElement, element.nextElementSibling].some((one) => {
    if (!one) return false;
    const { outlineStyle, outlineWidth } = getComputedStyle(one);
    return outlineStyle !== 'none' && parseFloat(outlineWidth) >= 1;
  });
  const { left, top, width, height } = shown.getBoundingClientRect();
  const isUncovered = [0.05, 0.5, 0.95].some((x) => [0.05, 0.5, 0.95].some((y) => {
    const hit = document.elementFromPoint(left + width * x, top + height * y);
    return hit !== null && (shown.contains(hit) || hit.contains(shown));
  }));
  return {
    place: [...document.querySelectorAll('*')].indexOf(element),
    name: element.tagName.toLowerCase() + ' ' + (element.getAttribute('aria-label') ?? shown.textContent).trim().slice(0, 60),
    isSeen: isMarked && isUncovered,
  };
})()`;

const MOST_STOPS = 400;

/**
 * Walks once around with the tab key.
 * @returns the places where the focus stops, in order
 * @throws Error when the walk is caught in a part of the page
 */
export async function tabStops(page: Page): Promise<readonly Stop[]> {
  const stops: Stop[] = [];
  await page.evaluate('document.activeElement?.blur()');
  while (stops.length < MOST_STOPS) {
    await page.keyboard.press('Tab');
    const stop = await page.evaluate<Stop | null>(FOCUSED);
    if (stop === null || stop.place === stops[0]?.place) return stops;
    stops.push(stop);
  }
  throw new Error(`the tab key does not get around: ${JSON.stringify(stops.slice(-5))}`);
}
