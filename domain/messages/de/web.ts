import type { web as en } from '../en/web.ts';

export const web = {
  'error.web/port-in-use': 'Die Weboberfläche kann nicht an {address} lauschen: der Port ist belegt.',
  'remedy.web/port-in-use':
    'Vielleicht läuft Ridethrough schon: dann jenes öffnen, sonst mit --web HOST:PORT einen anderen Port wählen.',
  'error.web/cannot-listen': 'Die Weboberfläche kann nicht an {address} lauschen: {reason}.',
  'remedy.web/cannot-listen': 'Adresse prüfen und ob der Port benutzt werden darf.',
  'error.web/not-served': 'Dieses Programm bietet keine Weboberfläche an und hat daher keine Passwörter dafür.',
  'remedy.web/not-served': 'Sie mit „ridethrough serve“ anbieten und die Passwörter dort setzen.',
  'error.web/password-needed': 'Ohne Passwort darf die Weboberfläche nicht an {address} lauschen.',
  'remedy.web/password-needed':
    'Mit „ridethrough config set web.password -“ eines setzen oder nur an 127.0.0.1 lauschen.',
  'error.web/tls-needed':
    'Ohne TLS darf die Weboberfläche nicht an {address} lauschen: das Passwort wäre unterwegs lesbar.',
  'remedy.web/tls-needed':
    '„ridethrough config set web.tls own“ aufrufen, mit vorhandenem Zertifikat „ridethrough config set web.tls files web.certFile DATEI web.keyFile DATEI“. Hinter einem Proxy, der TLS übernimmt: „ridethrough config set web.allowPlainHttp true“.',
  'error.web/bad-certificate': 'Das Zertifikat {file} der Weboberfläche ist nicht zu gebrauchen: {reason}.',
  'remedy.web/bad-certificate':
    'In web.certFile eine PEM-Datei mit der Zertifikatskette angeben, in web.keyFile eine mit dem Schlüssel dazu, ohne Passphrase.',
  'login.password': 'Passwort',
  'login.submit': 'Anmelden',
  'login.link':
    'Zum Anmelden den Link öffnen, den Ridethrough beim Start ausgegeben hat. Er endet mit einem Schlüssel.',
  'login.link-invalid': 'Dieser Link gilt nicht mehr. Den zuletzt ausgegebenen öffnen.',
  'login.too-long': 'Das ist zu lang für ein Passwort.',
  'login.wait': 'Zu viele Versuche. In {seconds} s noch einmal versuchen.',
  'login.wrong': 'Das Passwort stimmt nicht.',
} as const satisfies Record<keyof typeof en, string>;
