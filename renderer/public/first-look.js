/* global document */
// Before the first paint, so that a page somebody made dark does not flash light. The rest is renderer/state/theme.
try {
  const theme = localStorage.getItem('ridethrough.theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // Storage is denied: the page looks as the system does.
}
