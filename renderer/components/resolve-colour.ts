/** The colour a CSS variable of the theme stands for at an element, as a canvas understands it. */
export function resolveColour(element: Element, variable: string): string {
  const probe = element.ownerDocument.createElement('span');
  probe.style.color = `var(${variable})`;
  element.after(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
