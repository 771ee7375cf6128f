/** A choice that a box offers. */
export interface ComboChoice {
  /** The same for the same choice. */
  readonly id: string;
  readonly title: string;
  readonly detail: string;
  /** It can be chosen, and does not work as things are. */
  readonly isOff?: boolean;
}

export interface ComboGroup {
  readonly label: string;
  readonly choices: readonly ComboChoice[];
}
