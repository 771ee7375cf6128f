/** What a draft of the settings changes, and how it is kept when the settings themselves change below it. Pure. */
import type { FieldPath } from '#domain/schema/field-problem.ts';
import type { SettingsDraft } from '#domain/schema/settings/settings.ts';

export interface Change {
  /** The same for the same thing wherever it stands in its list: `ups/4f21/description`. */
  readonly key: string;
  readonly kind: 'changed' | 'added' | 'removed';
  /** Where it stands in the draft; of something removed, where it stood. */
  readonly path: FieldPath;
  readonly before: unknown;
  readonly after: unknown;
}

type Tree = Readonly<Record<string, unknown>>;

export const isAlike = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

export const valueAt = (tree: unknown, path: FieldPath): unknown =>
  path.reduce<unknown>(
    (value, step) => (typeof value === 'object' && value !== null ? (value as Tree)[step] : undefined),
    tree,
  );

/** A copy with another value at a path; what is beside the path is shared. */
export function withValueAt<Value>(tree: Value, [step, ...rest]: FieldPath, value: unknown): Value {
  if (step === undefined) return value as Value;
  const inner = withValueAt((tree as Tree)[step], rest, value);
  if (Array.isArray(tree)) return tree.map((item: unknown, index) => (index === step ? inner : item)) as Value;
  return { ...tree, [step]: inner };
}

/** Lists whose members have a name of their own and are compared one by one. */
const LISTS = [
  { path: ['ups'], id: 'id' },
  { path: ['server', 'users'], id: 'name' },
  { path: ['alerts', 'channels'], id: 'id' },
] as const;
const GROUPS = [['server'], ['mail'], ['alerts', 'desktop'], ['alerts', 'limits'], ['web'], ['setup']] as const;

const membersAt = (settings: SettingsDraft, path: FieldPath): readonly Tree[] => valueAt(settings, path) as Tree[];

/** In the order of the form. */
export const changesBetween = (before: SettingsDraft, after: SettingsDraft): readonly Change[] => [
  ...changesOfList(before, after, LISTS[0]),
  ...GROUPS.flatMap((path) =>
    changesOfKeys(valueAt(before, path) as Tree, valueAt(after, path) as Tree, path, path.join('/')),
  ),
  ...changesOfList(before, after, LISTS[1]),
  ...changesOfList(before, after, LISTS[2]),
];

function changesOfKeys(before: Tree, after: Tree, path: FieldPath, key: string): Change[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((name): Change[] => {
    const isListed = LISTS.some((list) => isAlike(list.path, [...path, name]));
    if (isListed || isAlike(before[name], after[name])) return [];
    const place = { key: `${key}/${name}`, path: [...path, name] };
    return [{ ...place, kind: 'changed', before: before[name], after: after[name] }];
  });
}

function changesOfList(before: SettingsDraft, after: SettingsDraft, { path, id }: (typeof LISTS)[number]): Change[] {
  const old = membersAt(before, path);
  const now = membersAt(after, path);
  const keyOf = (member: Tree): string => `${path.join('/')}/${String(member[id])}`;
  const isIn = (list: readonly Tree[], member: Tree): boolean => list.some((other) => other[id] === member[id]);
  return [
    ...now.flatMap((member, index): Change[] => {
      const was = old.find((other) => other[id] === member[id]);
      const at = [...path, index];
      if (!was) return [{ key: keyOf(member), kind: 'added', path: at, before: undefined, after: member }];
      return changesOfKeys(was, member, at, keyOf(member));
    }),
    ...old.flatMap((member, index): Change[] =>
      isIn(now, member)
        ? []
        : [{ key: keyOf(member), kind: 'removed', path: [...path, index], before: member, after: undefined }],
    ),
  ];
}

/** What was made of `base` in a draft, made of what the settings have become. Where both changed the same, the draft counts. */
export function rebase(base: SettingsDraft, mine: SettingsDraft, theirs: SettingsDraft): SettingsDraft {
  const groups = GROUPS.reduce<SettingsDraft>((settings, path) => {
    const [was, now, other] = [base, mine, theirs].map((one) => valueAt(one, path) as Tree);
    return withValueAt(settings, path, mergeKeys(was ?? {}, now ?? {}, other ?? {}));
  }, theirs);
  return LISTS.reduce<SettingsDraft>(
    (settings, { path, id }) =>
      withValueAt(
        settings,
        path,
        mergeLists(membersAt(base, path), membersAt(mine, path), membersAt(theirs, path), id),
      ),
    groups,
  );
}

const mergeKeys = <Value extends object>(base: Value, mine: Value, theirs: Value): Value =>
  Object.fromEntries(
    [...new Set([...Object.keys(theirs), ...Object.keys(mine)])].map((key) => {
      const [was, now, other] = [base, mine, theirs].map((value) => (value as Tree)[key]);
      return [key, isAlike(was, now) ? other : now];
    }),
  ) as Value;

function mergeLists(base: readonly Tree[], mine: readonly Tree[], theirs: readonly Tree[], id: string): Tree[] {
  const find = (list: readonly Tree[], member: Tree): Tree | undefined => list.find((one) => one[id] === member[id]);
  const kept = theirs.flatMap((other) => {
    const was = find(base, other);
    const now = find(mine, other);
    if (!now) return was ? [] : [other]; // taken out here, or put in there
    return [was ? mergeKeys(was, now, other) : now];
  });
  return [...kept, ...mine.filter((member) => !find(base, member) && !find(theirs, member))];
}
