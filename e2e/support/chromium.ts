/** The browser that specs, screenshots and benches drive: the system's own Chromium; CHROMIUM_PATH names another. */
export const CHROMIUM = {
  executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
  /** Switches that keep it alone and still. */
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
};
