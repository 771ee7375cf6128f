/** Errors of the contract between faces and engine. */
export const api = {
  'error.api/bad-request': 'The request {name} is not understood: {reason}.',
  'remedy.api/bad-request': 'Reload the page; if it stays so, the page and the program are of different versions.',
  'error.api/forbidden': '{name} needs more rights than this session has.',
  'remedy.api/forbidden': 'Log in with the control password, or use the link that the program printed when it started.',
  'error.api/unknown-ups': 'There is no UPS called {ups}.',
  'remedy.api/unknown-ups': 'It was removed or renamed; choose one that is shown.',
  'error.api/internal': 'The program met an error while answering {name}.',
  'remedy.api/internal': 'The log tells what happened; please report it.',
  'error.client/unreachable': 'The program cannot be reached.',
  'remedy.client/unreachable': 'It is tried again by itself. If it stays so, start Ridethrough again.',
} as const;
