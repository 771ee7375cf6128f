/** The built program, served to a browser, and its interface opened by the link it prints. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base, expect, type Page } from '@playwright/test';
import { createNutFolder, startProgram, type RunningProgram } from '#tests/support/served-program.ts';
import { freePort } from '#tests/support/nut-upsd.ts';
import type { FakeEngine } from '../../renderer/client/fake-client.ts';
import { Dashboard } from '../pages/dashboard.ts';
import { SettingsPage } from '../pages/settings.ts';
import { startFakeHost, type FakeHost } from '../support/fake-host.ts';
import { smtp, type MailServer } from '../support/mail-server.ts';

export { expect };

const DEMO = '[demo]\n  driver = demo\n  port = auto\n  desc = "Demo UPS"\n';
const RECORDING = new URL('../../tests/fixtures/devices/051d-0002-back-ups-es-850g2', import.meta.url).pathname;

/** NUT's files of a computer with three UPSes: simulated, recorded, and described in a file. */
export const THREE_UPSES = {
  'ups.conf': `${DEMO}[study]\n  driver = usbhid-ups\n  port = recording:${RECORDING}\n[attic]\n  driver = dummy-ups\n  port = CONF_DIR/attic.dev\n`,
  'attic.dev': 'ups.status: OL\nups.load: 12\nbattery.charge: 64\ndevice.model: Attic 700\n',
};

/** NUT's files of UPSes that are what a file says. @param units text of the file of each */
export function unitsOf(units: Readonly<Record<string, string>>): Record<string, string> {
  const names = Object.keys(units);
  const sections = names.map((name) => `[${name}]\n  driver = dummy-ups\n  port = CONF_DIR/${name}.dev\n`);
  return {
    'ups.conf': sections.join(''),
    ...Object.fromEntries(Object.entries(units).map(([name, text]) => [`${name}.dev`, text])),
  };
}

export interface Served {
  /** Link with its token, as the program printed it. */
  readonly link: string;
  /** Ends the program; its data and its address stay. */
  stop(): Promise<void>;
  /** Starts it again at the same address. @returns the new link */
  start(): Promise<string>;
  /** Writes one of NUT's files again. */
  write(name: string, text: string): Promise<void>;
  /** Takes one of NUT's files away. */
  remove(name: string): Promise<void>;
  /** Ends it and takes its data away. */
  dispose(): Promise<void>;
}

/** @param files NUT's files; without any, a computer with the demo UPS */
export async function serve(files: Readonly<Record<string, string>> = { 'ups.conf': DEMO }): Promise<Served> {
  const folder = await createNutFolder({ 'upsd.users': '', ...files });
  const web = `127.0.0.1:${await freePort()}`;
  let program: RunningProgram | undefined;
  const start = async (): Promise<string> => {
    program = startProgram(['serve', '--nut-conf', folder.conf, '--data-dir', folder.data, '--web', web]);
    const line = await program.ready();
    const [, link] = / web=(\S+)/.exec(line) ?? [];
    if (link === undefined) throw new Error(`no link in "${line}"`);
    return link;
  };
  const stop = async (): Promise<void> => {
    await program?.end();
  };
  return {
    link: await start(),
    stop,
    start,
    write: (name, text) => folder.write(name, text),
    remove: (name) => rm(join(folder.conf, name)),
    async dispose() {
      await stop();
      await folder.remove();
    },
  };
}

/** The program on settings of its own, in a data folder with two UPSes described in files. */
export interface SetUp {
  readonly settings: SettingsPage;
  readonly dashboard: Dashboard;
  readonly link: string;
  readonly data: string;
  /** Port of the NUT server at the start. */
  readonly port: number;
}

const DEV_FILES = {
  'office.dev': 'ups.status: OL\nups.load: 12\nbattery.charge: 64\nbattery.charge.low: 20\ndevice.model: Office 700\n',
  'lab.dev': 'ups.status: OL\nups.load: 30\nbattery.charge: 91\ndevice.model: Lab 900\n',
};

async function setUp(page: Page): Promise<SetUp & { readonly dispose: () => Promise<void> }> {
  const data = await mkdtemp(join(tmpdir(), 'ridethrough-settings-'));
  const port = await freePort();
  const settings = {
    version: 2,
    ups: [{ id: 'office', identifier: 'ups', driver: 'dummy-ups', port: 'office.dev' }],
    server: { remoteport: port },
  };
  for (const [name, text] of Object.entries({ ...DEV_FILES, 'settings.json': JSON.stringify(settings) })) {
    await writeFile(join(data, name), text, { mode: 0o600 });
  }
  const program = startProgram(['serve', '--data-dir', data, '--web', `127.0.0.1:${await freePort()}`]);
  const [, link = ''] = / web=(\S+)/.exec(await program.ready()) ?? [];
  const dashboard = new Dashboard(page);
  await dashboard.open(link);
  const form = new SettingsPage(page);
  await form.open();
  return {
    settings: form,
    dashboard,
    link,
    data,
    port,
    dispose: async () => {
      await program.end();
      await rm(data, { recursive: true, force: true });
    },
  };
}

interface Fixtures {
  /** Starts the program on settings of its own and opens their page. */
  readonly form: SetUp;
  /** Serves with NUT's files and opens the overview. */
  readonly open: (files?: Readonly<Record<string, string>>) => Promise<{ dashboard: Dashboard; served: Served }>;
  /** Opens the interface before a fake engine. @param address from `#` on */
  readonly play: (engine: FakeEngine, address?: string) => Promise<{ dashboard: Dashboard; host: FakeHost }>;
  readonly smtp: MailServer;
}

export const test = base.extend<Fixtures>({
  smtp,
  // What the page throws and nobody catches is seen by nobody else.
  page: async ({ page }, use) => {
    const errors: unknown[] = [];
    page.on('pageerror', ({ name, message, stack }) => errors.push(stack ?? `${name}: ${message}`));
    await use(page);
    expect(errors).toEqual([]);
  },
  open: async ({ page }, use) => {
    const running: Served[] = [];
    await use(async (files) => {
      const served = await serve(files);
      running.push(served);
      const dashboard = new Dashboard(page);
      await dashboard.open(served.link);
      return { dashboard, served };
    });
    for (const served of running) await served.dispose();
  },
  form: async ({ page }, use) => {
    const { dispose, ...form } = await setUp(page);
    await use(form);
    await dispose();
  },
  play: async ({ page }, use) => {
    const hosts: FakeHost[] = [];
    await use(async (engine, address = '') => {
      const host = await startFakeHost(engine);
      hosts.push(host);
      await page.goto(host.url + address);
      return { dashboard: new Dashboard(page), host };
    });
    for (const host of hosts) await host.stop();
  },
});
