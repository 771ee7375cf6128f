import type { api as en } from '../en/api.ts';

export const api = {
  'error.api/bad-request': 'Die Anfrage {name} ist nicht zu verstehen: {reason}.',
  'remedy.api/bad-request': 'Seite neu laden. Hilft das nicht, sind Seite und Programm von verschiedenen Versionen.',
  'error.api/forbidden': 'Für {name} fehlt dieser Sitzung das Recht.',
  'remedy.api/forbidden':
    'Mit dem Passwort zum Steuern anmelden oder den Link öffnen, den das Programm beim Start ausgegeben hat.',
  'error.api/unknown-ups': 'Eine USV namens {ups} gibt es nicht.',
  'remedy.api/unknown-ups': 'Sie wurde entfernt oder umbenannt. Eine der angezeigten wählen.',
  'error.api/internal': 'Bei der Antwort auf {name} ist im Programm ein Fehler aufgetreten.',
  'remedy.api/internal': 'Was geschah, steht im Protokoll. Bitte den Fehler melden.',
  'error.client/unreachable': 'Das Programm ist nicht erreichbar.',
  'remedy.client/unreachable': 'Es wird von selbst weiter versucht. Hilft das nicht, Ridethrough neu starten.',
} as const satisfies Record<keyof typeof en, string>;
