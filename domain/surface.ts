/** `--surface` of the interface in its two themes (renderer/app.css), for what has to match a page that is not painted yet. */
export const SURFACE = { light: '#f6fafa', dark: '#0b1215' } as const;
