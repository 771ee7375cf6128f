/**
 * chart.js as the page needs it: lines along numbers that stand still. What the page never asks for is left out by name;
 * what only that leads to is then left out by the bundler. A chart that comes to it all the same says so.
 */
import { parseSync, type Plugin } from 'vite';

/** Functions, and methods as `Owner.method`, by what they are for. */
export const UNUSED: Readonly<Record<string, readonly string[]>> = {
  // `animation: false`
  animations: [
    'Animations._createAnimations',
    'Animations._animateOptions',
    'Animator._notify',
    'Animator._refresh',
    'Animator._update',
    'Animator.add',
    'Animator.start',
    'onAnimationProgress',
    'color',
    'getHoverColor',
  ],
  // `events: []`; the page has a cursor of its own, which the keyboard moves too.
  pointer: [
    'Chart._eventHandler',
    'Chart._getActiveElements',
    'Chart._handleEvent',
    'Chart._updateHoverStyles',
    'Chart.getElementsAtEventForMode',
    'Chart.setActiveElements',
    'Chart.updateHoverStyle',
    'DatasetController._removeDatasetHoverStyle',
    'DatasetController._setDatasetHoverStyle',
    'DatasetController._setStyle',
    'DatasetController.getLabelAndValue',
    'DatasetController.getStyle',
    'DatasetController.removeHoverStyle',
    'DatasetController.setHoverStyle',
    'Element.tooltipPosition',
    'PointElement.getCenterPoint',
    'PointElement.getRange',
    'PointElement.inRange',
    'PointElement.inXRange',
    'PointElement.inYRange',
    'createProxyAndListen',
    'inRange$1',
  ],
  // `pointRadius: 0`, no curves, no steps, one style for a whole line
  'symbols and curves': [
    '_bezierCurveTo',
    '_bezierInterpolation',
    '_steppedInterpolation',
    '_steppedLineTo',
    '_updateBezierControlPoints',
    'doSplitByStyles',
    'drawPointLegend',
    'strokePathDirect',
  ],
  // `parsing: false`, and arrays that are replaced, not changed
  'other data': [
    'DatasetController._onDataPop',
    'DatasetController._onDataPush',
    'DatasetController._onDataShift',
    'DatasetController._onDataSplice',
    'DatasetController._onDataUnshift',
    'DatasetController._sync',
    'DatasetController.applyStack',
    'DatasetController.getAllParsedValues',
    'DatasetController.parseArrayData',
    'DatasetController.parseObjectData',
    'DatasetController.parsePrimitiveData',
    'applyStack',
    'convertObjectDataToArray',
    'listenArrayEvents',
    'updateStacks',
  ],
  // Areas down to the axis or to the next line
  'other areas': ['_buildStackLine', 'clipHorizontal', 'clipVertical', 'computeCircularBoundary'],
  // `autoSkip: false`, `callback`, no title
  'ticks and titles': [
    'Scale._tickSize',
    'autoSkip',
    'drawBackdrop',
    'formatters.logarithmic',
    'formatters.numeric',
    'titleArgs',
  ],
  'what can be asked of a chart from outside': [
    'Chart._updateVisibility',
    'Chart.hide',
    'Chart.isPointInArea',
    'Chart.show',
    'Chart.toBase64Image',
    'Chart.toggleDataVisibility',
    'Registry.addControllers',
    'Registry.addElements',
    'Registry.addPlugins',
    'Registry.addScales',
    'Registry.remove',
    'Registry.removeControllers',
    'Registry.removeElements',
    'Registry.removePlugins',
    'Registry.removeScales',
    'TypedRegistry.unregister',
  ],
};

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly id?: { readonly name?: string } | null;
  readonly key?: { readonly name?: string };
  readonly body?: Node | readonly Node[];
  readonly value?: Node;
  readonly init?: Node;
  readonly declarations?: readonly Node[];
  readonly properties?: readonly Node[];
}

/** Every function of a module that has a name, and every method of its classes and objects. */
function* bodiesIn(nodes: readonly Node[]): Generator<readonly [name: string, body: Node]> {
  for (const node of nodes) {
    const name = node.id?.name ?? '';
    if (node.type === 'FunctionDeclaration') yield [name, node.body as Node];
    if (node.type === 'ClassDeclaration') yield* methodsOf(name, (node.body as Node).body as readonly Node[]);
    for (const { id, init } of node.declarations ?? []) yield* methodsOf(id?.name ?? '', init?.properties ?? []);
  }
}

function* methodsOf(owner: string, members: readonly Node[]): Generator<readonly [name: string, body: Node]> {
  for (const { key, value } of members) {
    if (value?.type === 'FunctionExpression') yield [`${owner}.${key?.name}`, value.body as Node];
  }
}

/** The module without the bodies of what is not used, and the names it has of those. */
export function withoutUnused(source: string, unused: ReadonlySet<string>): { code: string; found: string[] } {
  const found: string[] = [];
  let rest = '';
  let from = 0;
  for (const [name, body] of bodiesIn(parseSync('chart.js', source).program.body as unknown as readonly Node[])) {
    if (!unused.has(name)) continue;
    found.push(name);
    rest += `${source.slice(from, body.start)}{ absent(); }`;
    from = body.end;
  }
  const absent = "function absent() { throw new Error('left out by scripts/page-chart.ts'); }";
  return { code: `${rest}${source.slice(from)}\n${absent}`, found };
}

export function pageChart(): Plugin {
  const unused = new Set(Object.values(UNUSED).flat());
  const missing = new Set(unused);
  return {
    name: 'page-chart',
    apply: 'build',
    transform: {
      filter: { id: /\/chart\.js\/dist\/(?:chart|chunks\/index)\.js$/ },
      handler(source) {
        const { code, found } = withoutUnused(source, unused);
        for (const name of found) missing.delete(name);
        return { code, map: null };
      },
    },
    buildEnd(error) {
      if (error || missing.size === 0) return;
      this.error(`scripts/page-chart.ts: chart.js has no ${[...missing].join(', ')} any more`);
    },
  };
}
