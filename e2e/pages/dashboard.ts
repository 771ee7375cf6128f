/** The interface as a person uses it: by roles and names, the same in a browser and in the desktop window. */
import type { Locator, Page } from '@playwright/test';

export type PageName = 'Overview' | 'History' | 'Events' | 'Battery' | 'Device' | 'Network' | 'All UPSes' | 'Settings';
type ReadingName = 'Charge' | 'Remaining time' | 'Load' | 'Mains voltage';
type DemoControl = 'Good' | 'Out' | 'Too low' | 'Too high' | 'Pull the USB cable for 10 s';

export class Dashboard {
  readonly page: Page;
  /** State of the power, on top of every page. */
  readonly band: Locator;
  /** Title of the page; what stands there until a first state is known does not count. */
  readonly sentence: Locator;
  readonly navigation: Locator;
  /** What the picture of the power path says to those who do not see it. */
  readonly path: Locator;
  /** Newest sample first. */
  readonly samples: Locator;
  readonly dialog: Locator;
  /** Chooses the UPS that is shown, where there are several. */
  readonly switcher: Locator;

  constructor(page: Page) {
    this.page = page;
    this.band = page.getByRole('banner', { name: 'State of the power' });
    this.sentence = page
      .getByRole('heading', { level: 1 })
      .filter({ hasNotText: /^(Connecting|Verbindung wird aufgebaut)$/ });
    this.navigation = page.getByRole('navigation', { name: 'Pages' });
    this.path = page.getByRole('img');
    this.samples = page.getByRole('table').getByRole('row');
    this.dialog = page.getByRole('dialog');
    this.switcher = this.band.getByRole('combobox', { name: 'UPS' });
  }

  /** Opens the interface by the link that the program printed, and waits for the first state. */
  async open(link: string): Promise<void> {
    await this.page.goto(link);
    await this.band.waitFor();
  }

  /** Loads a page of the interface anew. @param address from after `#/` on */
  async load(link: string, address: string): Promise<void> {
    // Where only the part after # differs nothing is loaded, and the page before would be taken for this one.
    await this.page.goto('about:blank');
    await this.page.goto(new URL(`/#/${address}`, link).href);
    await this.sentence.waitFor();
  }

  /** Addresses of all pages, from after `#/` on: those the navigation leads to, and the parts of a page. */
  async addresses(): Promise<string[]> {
    // Below 720 pixels some are behind More, and in the list a second time.
    const links = await this.navigation.getByRole('link', { includeHidden: true }).all();
    const addresses = await Promise.all(links.map((link) => link.getAttribute('href')));
    return [...new Set(addresses.map((address) => (address ?? '').replace(/^#\//, ''))), 'device/commands', 'energy'];
  }

  async goTo(page: PageName): Promise<void> {
    const link = this.navigation.getByRole('link', { name: page });
    await link.or(this.more).first().waitFor();
    if (!(await link.isVisible())) await this.more.click();
    await link.click();
  }

  /** Opens the pages that have no room in the bar of a narrow window. */
  get more(): Locator {
    return this.navigation.getByRole('button', { name: 'More' });
  }

  /** The number of a reading, without its unit. */
  reading(name: ReadingName): Locator {
    return this.#reading(name).locator('.value');
  }

  /** The word below the number: normal, low, or how old it is. */
  judgement(name: ReadingName): Locator {
    return this.#reading(name).locator('.word');
  }

  #reading(name: ReadingName): Locator {
    const readings = this.page.getByRole('region', { name: 'Readings' });
    return readings.locator('.reading', { has: this.page.getByText(name, { exact: true }) });
  }

  /** A figure beside the readings, with its unit. */
  figure(name: 'Output voltage' | 'Mains frequency' | 'Battery voltage' | 'Temperature'): Locator {
    const label = this.page.getByRole('term').filter({ hasText: name });
    return this.page.locator('dl > div', { has: label }).getByRole('definition');
  }

  /** A live chart; its value text tells what stands under the cursor. */
  chart(name: string): Locator {
    return this.page.getByRole('slider', { name: new RegExp(`^${name}`) });
  }

  /** One of a row of choices: the span of the charts, chart or table, which events. */
  async choose(
    choice: 'By' | 'Span' | 'View' | 'Length' | 'Show' | 'Colours' | 'Language',
    option: string,
  ): Promise<void> {
    const group = this.page.getByRole('group', { name: choice });
    const radio = this.page.getByRole('radio', { name: option, exact: true });
    // The label, as a hand does: the radio itself lies below its word.
    await group.locator('label').filter({ has: radio }).click();
  }

  incident(sentence: string): Locator {
    return this.page.getByRole('listitem').filter({ hasText: sentence });
  }

  /** Opens the details of the newest incident with this sentence. @returns its row */
  async openIncident(sentence: string): Promise<Locator> {
    const row = this.incident(sentence).first();
    await row.getByRole('button', { name: 'Details' }).click();
    return row;
  }

  /** A fact on the pages Battery and Network, by its label. */
  fact(label: string): Locator {
    return this.page
      .locator('dl > div')
      .filter({ has: this.page.getByRole('term').filter({ hasText: label }) })
      .getByRole('definition');
  }

  /** The page History. */
  get past(): {
    readonly span: Locator;
    move(way: 'Earlier' | 'Later' | 'Now' | 'Zoom in' | 'Zoom out'): Promise<void>;
  } {
    const moves = this.page.getByRole('group', { name: 'Move in time' });
    return {
      span: this.page.locator('header p[aria-live]'),
      move: (way) => moves.getByRole('button', { name: way, exact: true }).click(),
    };
  }

  /** Presses a control of the demo UPS. */
  async demo(control: DemoControl): Promise<void> {
    await this.page.getByRole('region', { name: 'Demo UPS' }).getByRole('button', { name: control }).click();
  }

  async goToCommands(): Promise<void> {
    await this.goTo('Device');
    await this.page.getByRole('tab', { name: 'Commands' }).click();
  }

  /** The row of a variable or command, by its NUT name. */
  row(name: string): Locator {
    return this.page.getByRole('listitem').filter({ has: this.page.getByText(name, { exact: true }) });
  }

  async search(text: string): Promise<void> {
    await this.page.getByRole('searchbox', { name: 'Search' }).fill(text);
  }

  /** Opens the editor of a variable. @returns its field */
  async edit(variable: string): Promise<Locator> {
    await this.page.getByRole('button', { name: `Change ${variable}`, exact: true }).click();
    return this.row(variable).getByRole('textbox').or(this.row(variable).getByRole('combobox'));
  }

  get save(): Locator {
    return this.page.getByRole('button', { name: 'Save' });
  }

  /** Presses the button of a command; a dangerous one asks first. */
  async run(command: string): Promise<void> {
    await this.page.getByRole('button', { name: `Run ${command}`, exact: true }).click();
  }

  async openAppearance(): Promise<void> {
    const opener = this.page.getByRole('button', { name: 'Appearance' });
    await opener.or(this.more).first().waitFor();
    if (!(await opener.isVisible())) await this.more.click();
    await opener.click();
    await this.dialog.waitFor();
  }

  async chooseTheme(theme: 'Light' | 'Dark' | 'As the system'): Promise<void> {
    await this.openAppearance();
    await this.choose('Colours', theme);
    await this.page.keyboard.press('Escape');
    await this.dialog.waitFor({ state: 'hidden' });
  }
}
