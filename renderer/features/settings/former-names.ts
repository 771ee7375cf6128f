/** Under which name each account of the table was saved, while it is renamed in the draft. */
export class FormerNames {
  #names = new Map<string, string>();
  #revision: string | undefined;

  /** @param from as it is called in the draft; an account that is new there has none */
  rename(from: string | undefined, to: string, revision: string | undefined): void {
    // Nobody is called '': one that is new is not who went by its name before.
    const former = this.of(from ?? '', revision);
    if (from !== undefined) this.#names.delete(from);
    this.#names.set(to, former);
  }

  /** @param revision of the settings; once they are saved, the names are the saved ones */
  of(name: string, revision: string | undefined): string {
    if (revision !== this.#revision) this.#names = new Map();
    this.#revision = revision;
    return this.#names.get(name) ?? name;
  }
}
