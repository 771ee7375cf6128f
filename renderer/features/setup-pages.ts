/** Pages by which somebody sets the program up: the largest, and seen the least. */
export { default as SettingsPage } from './settings/SettingsPage.svelte';
export { default as WizardPage } from './wizard/WizardPage.svelte';
