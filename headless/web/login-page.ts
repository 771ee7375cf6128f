/** The page for those who are not logged in: plain HTML that needs no script, so that it works before anything else. */
import { localeOf, message, textIn, type Locale, type Phrase } from '#domain/messages/message.ts';

const escapeHtml = (text: string): string =>
  text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');

/** The language a browser prefers. @param header Accept-Language: tags with weights, as `de-AT,de;q=0.8,en;q=0.5` */
export function localeOfBrowser(header: string | undefined): Locale {
  const wanted = (header ?? '').split(',').map((part) => {
    const [tag = '', weight] = part.trim().split(/\s*;\s*q=/);
    return { tag, weight: weight === undefined ? 1 : Number(weight) || 0 };
  });
  const best = wanted.filter(({ weight }) => weight > 0).sort((a, b) => b.weight - a.weight);
  return localeOf(
    'system',
    best.map(({ tag }) => tag),
  );
}

/**
 * @param hasPassword a password may be typed; otherwise only the link with the token lets in
 * @param problem why the last try failed
 */
export function loginPage(locale: Locale, hasPassword: boolean, problem: Phrase | undefined): string {
  const say = (key: 'login.password' | 'login.submit' | 'login.link'): string => escapeHtml(message(key, {}, locale));
  const notice = problem ? `<p role="alert">${escapeHtml(textIn(problem, locale) ?? '')}</p>` : '';
  const body = hasPassword
    ? `${notice}<form method="post" action="/login"><label for="password">${say('login.password')}</label>
<input id="password" name="password" type="password" autocomplete="current-password" required autofocus>
<button type="submit">${say('login.submit')}</button></form>`
    : `${notice}<p>${say('login.link')}</p>`;
  return `<!doctype html><html lang="${locale}"><head><meta charset="utf-8"><title>Ridethrough</title>
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
