/** The page of settings as a person uses it: fields by their labels. */
import type { Locator, Page } from '@playwright/test';
import { Dashboard } from './dashboard.ts';

export class SettingsPage {
  readonly page: Page;
  /** What says how many changes there are, and saves them. */
  readonly bar: Locator;
  readonly dialog: Locator;
  readonly search: Locator;

  constructor(page: Page) {
    this.page = page;
    this.bar = page.getByRole('region', { name: 'Changes' });
    this.dialog = page.getByRole('dialog');
    this.search = page.getByRole('searchbox', { name: 'Search the settings' });
  }

  async open(): Promise<void> {
    await new Dashboard(this.page).goTo('Settings');
    await this.page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
    await this.page.getByRole('heading', { level: 2, name: 'Accounts' }).waitFor();
  }

  /** Shows everything, not only what most need. */
  async showAll(): Promise<void> {
    await this.page.getByRole('group', { name: 'Show' }).getByText('Everything').click();
  }

  text(label: string): Locator {
    return this.page.getByRole('textbox', { name: label, exact: true });
  }

  box(label: 'Driver' | 'Port or Hostname'): Locator {
    return this.page.getByRole('combobox', { name: label, exact: true });
  }

  /** What a box offers while it is open. */
  offered(label: 'Driver' | 'Port or Hostname'): Locator {
    return this.page.getByRole('listbox', { name: label }).getByRole('option');
  }

  /** The whole of a field: what is wrong with it and what was done to it stands there. */
  field(label: string): Locator {
    return this.page.locator('.field').filter({ has: this.page.locator('.label', { hasText: label }) });
  }

  async switchOn(label: string): Promise<void> {
    await this.page.getByRole('switch', { name: label }).click();
  }

  async choose(label: string, choice: string): Promise<void> {
    await this.page.getByRole('combobox', { name: label, exact: true }).selectOption(choice);
  }

  async pick(choice: string): Promise<void> {
    await this.page.getByRole('radio', { name: choice }).check();
  }

  /** Types into a box and takes what it offers. */
  async take(label: 'Driver' | 'Port or Hostname', text: string, choice: string | RegExp): Promise<void> {
    await this.box(label).fill(text);
    await this.page.getByRole('option', { name: choice }).first().click();
  }

  async save(): Promise<void> {
    await this.bar.getByRole('button', { name: 'Save' }).click();
    await this.bar.getByText('Saved, and in force.').waitFor();
  }

  async discard(): Promise<void> {
    await this.bar.getByRole('button', { name: 'Discard' }).click();
  }

  /** The row of a password of the web interface: whether there is one, and a new one. */
  webPassword(label: 'Password for Every Right' | 'Password to Look Only'): Locator {
    return this.page.locator('form').filter({ has: this.page.getByText(label, { exact: true }) });
  }

  async setWebPassword(label: Parameters<SettingsPage['webPassword']>[0], password: string): Promise<void> {
    const row = this.webPassword(label);
    await row.getByLabel(label, { exact: true }).fill(password);
    await row.getByRole('button', { name: /^(?:Set|Change) it$/ }).click();
  }

  ups(name: string): Locator {
    return this.page.getByRole('list', { name: 'UPSes' }).getByRole('button', { name });
  }

  /** The card of a client, by the words on it. */
  card(kind: string): Locator {
    return this.page
      .getByRole('listitem')
      .filter({ has: this.page.getByRole('heading', { level: 4, name: kind, exact: true }) });
  }

  /** What stands on a card behind a word. */
  onCard(kind: string, row: string): Locator {
    return this.card(kind)
      .locator('dl > div')
      .filter({ has: this.page.getByText(row, { exact: true }) })
      .locator('code');
  }
}
