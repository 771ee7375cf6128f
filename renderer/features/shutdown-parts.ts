/** Parts of the first page about what is done when the mains fail. */
export { default as PlanIfMainsFail } from './shutdown/PlanIfMainsFail.svelte';
export { default as ShutdownDialog } from './shutdown/ShutdownDialog.svelte';
export { default as ShutdownPanel } from './shutdown/ShutdownPanel.svelte';
export { default as StoryNotice } from './shutdown/StoryNotice.svelte';
