import type { history as english } from '../en/history.ts';

/** Fehler von engine/history. */
export const history: Readonly<Record<keyof typeof english, string>> = {
  'error.history/cannot-write': 'Der Verlauf wird nicht geschrieben: {file}: {reason}.',
  'remedy.history/cannot-write':
    'Platz schaffen oder dem Programm das Schreiben dort erlauben. Es wird von selbst wieder versucht.',
  'error.history/broken': 'Der Verlauf {file} ist nicht zu gebrauchen: {reason}.',
  'remedy.history/broken': 'Er wurde nach {aside} verschoben, und ein neuer beginnt.',
  'error.history/newer-file': 'Der Verlauf {file} wurde von einer neueren Version geschrieben.',
  'remedy.history/newer-file':
    'Diese Version wieder installieren, oder die Datei wegschieben, um einen neuen Verlauf zu beginnen.',
  'error.history/none': 'In {file} ist kein Verlauf.',
  'remedy.history/none': 'Zuerst „ridethrough serve“ starten, oder dessen Datenordner mit --data-dir DIR angeben.',
  'error.history/cannot-read': 'Der Verlauf {file} kann nicht gelesen werden: {reason}.',
  'remedy.history/cannot-read': 'Den Befehl als der Benutzer ausführen, unter dem der Dienst läuft.',
  'error.history/no-ups': 'Von {ups} gibt es keinen Verlauf.',
  'remedy.history/no-ups': 'Einen Verlauf gibt es von: {known}.',
  'error.history/cannot-export': '{file} kann nicht geschrieben werden: {reason}.',
  'remedy.history/cannot-export': 'Prüfen, ob es den Ordner gibt, ob darin geschrieben werden darf und ob Platz ist.',
};
