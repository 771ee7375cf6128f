/** Pages that are looked at now and then. One file of them is far smaller than one of each. */
export { default as AllPage } from './all/AllPage.svelte';
export { default as DevicePage } from './device/DevicePage.svelte';
export { default as EventsPage } from './events/EventsPage.svelte';
export { default as Appearance } from './frame/Appearance.svelte';
export { default as HistoryPage } from './history/HistoryPage.svelte';
export { default as BatteryPage } from './battery/BatteryPage.svelte';
export { default as EnergyPage } from './history/EnergyPage.svelte';
export { default as NetworkPage } from './network/NetworkPage.svelte';
