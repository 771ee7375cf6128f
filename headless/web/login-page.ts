/** The page for those who are not logged in: plain HTML that needs no script, so that it works before anything else. */

const escapeHtml = (text: string): string =>
  text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');

/**
 * @param hasPassword a password may be typed; otherwise only the link with the token lets in
 * @param problem one sentence on why the last try failed
 */
export function loginPage(hasPassword: boolean, problem: string | undefined): string {
  const notice = problem === undefined ? '' : `<p role="alert">${escapeHtml(problem)}</p>`;
  const body = hasPassword
    ? `${notice}<form method="post" action="/login"><label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required autofocus>
<button type="submit">Log in</button></form>`
    : `${notice}<p>Open the link that Ridethrough printed when it started; it ends with a token.</p>`;
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Ridethrough</title>
<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/login.css"></head>
<body><main><h1>Ridethrough</h1>${body}</main></body></html>\n`;
}

export const LOGIN_STYLE = `:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}
body{margin:0;min-height:100vh;display:grid;place-items:center}
main{width:min(20rem,90vw)}h1{font-size:1.25rem;font-weight:600}
label,input,button{display:block;width:100%;box-sizing:border-box;font:inherit}
input,button{padding:.5rem .75rem;margin:.25rem 0 1rem;border-radius:6px;border:1px solid GrayText}
[role=alert]{border-left:3px solid #c0392b;padding-left:.75rem}
`;
