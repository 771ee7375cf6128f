import type { api } from '../en/api.ts';
import type { devices } from '../en/devices.ts';
import type { drivers } from '../en/drivers.ts';
import type { hid } from '../en/hid.ts';
import type { web } from '../en/web.ts';

type Keys = keyof typeof api | keyof typeof drivers | keyof typeof devices | keyof typeof hid | keyof typeof web;

/** Fehler, die auf dem Bildschirm erscheinen. Was hier fehlt, wird auf Englisch gesagt. */
export const errors = {
  'error.api/bad-request': 'Die Anfrage {name} ist unverständlich: {reason}.',
  'remedy.api/bad-request':
    'Laden Sie die Seite neu; bleibt es so, sind Seite und Programm von verschiedenen Versionen.',
  'error.api/forbidden': '{name} braucht mehr Rechte, als diese Sitzung hat.',
  'remedy.api/forbidden':
    'Melden Sie sich mit dem Kennwort zum Steuern an, oder nehmen Sie den Link, den das Programm beim Start ausgab.',
  'error.api/unknown-ups': 'Es gibt keine USV namens {ups}.',
  'remedy.api/unknown-ups': 'Sie wurde entfernt oder umbenannt; wählen Sie eine der gezeigten.',
  'error.api/internal': 'Das Programm stieß beim Beantworten von {name} auf einen Fehler.',
  'remedy.api/internal': 'Was geschah, steht im Protokoll; bitte melden Sie es.',
  'error.client/unreachable': 'Das Programm ist nicht erreichbar.',
  'remedy.client/unreachable': 'Es wird von selbst weiter versucht. Bleibt es so, starten Sie Ridethrough neu.',

  'error.driver/not-a-ups': '{device} ist keine HID-USV: {reason}.',
  'remedy.driver/not-a-ups':
    'Wählen Sie ein anderes Gerät, oder einen anderen Treiber, wenn es eine USV hinter einem seriellen Wandler ist.',
  'error.driver/bad-definition': 'Die Gerätebeschreibung {file} ist unbrauchbar: {reason}.',
  'remedy.driver/bad-definition':
    'Berichtigen oder entfernen Sie die Datei; was sie enthalten darf, sagt resources/device-definition.schema.json.',
  'error.driver/no-device': 'Keine USV für {ups} gefunden: {searched}.',
  'remedy.driver/no-device':
    'Prüfen Sie, ob das USB-Kabel steckt und die USV an ist; „ridethrough scan“ zeigt, was da ist.',
  'error.driver/permission-denied': '{device} lässt sich nicht öffnen: kein Recht an {path}.',
  'remedy.driver/permission-denied':
    'Richten Sie die udev-Regel resources/udev/60-ridethrough.rules ein und stecken Sie das USB-Kabel neu.',
  'error.driver/held-by-other': '{device} wird von einem anderen Programm gehalten: {holder}.',
  'remedy.driver/held-by-other': 'Beenden Sie dieses Programm und stecken Sie das USB-Kabel neu.',
  'error.driver/unplugged': '{device} ist abgesteckt.',
  'remedy.driver/unplugged': 'Stecken Sie das USB-Kabel wieder ein; die USV wird von selbst gefunden.',
  'error.driver/io': '{device} antwortete nicht: {reason}.',
  'remedy.driver/io':
    'Es wird von selbst weiter versucht. Bleibt es so, stecken Sie das USB-Kabel neu oder nehmen Sie einen anderen Anschluss.',
  'error.driver/no-hid-library': 'USB-Geräte sind nicht erreichbar: {reason}.',
  'remedy.driver/no-hid-library':
    'Installieren Sie das Programm neu; bei einem schlanken Linux auch libusb-1.0-0 und libudev1.',
  'error.driver/no-descriptor': 'Der Report-Deskriptor von {device} ist nicht lesbar: {reason}.',
  'remedy.driver/no-descriptor':
    'Stecken Sie das USB-Kabel neu. Unter Windows nehmen Sie das Desktop-Programm, es liest ihn auf anderem Weg.',
  'error.driver/no-answer': '{device} beantwortete keinen seiner Reports: {reason}.',
  'remedy.driver/no-answer':
    'Es wird von selbst neu geöffnet. Bleibt es so, stecken Sie das USB-Kabel neu oder starten Sie die USV neu.',
  'error.driver/gave-up':
    'Nach {tries} Versuchen kein weiterer für {ups}, wie reconnect_max_tries es sagt. Der letzte Grund: {reason}',
  'remedy.driver/gave-up': 'Beheben Sie die Ursache, dann laden Sie den Treiber neu oder starten Sie neu.',
  'error.driver/bad-option': 'Die Option {option} von {ups} ist unbrauchbar: {reason}.',
  'remedy.driver/bad-option': 'Berichtigen Sie die Option und starten Sie neu.',
  'error.driver/unknown': 'Der Treiber {driver} von {ups} ist unbekannt.',
  'remedy.driver/unknown':
    'Nehmen Sie usbhid-ups, dummy-ups oder demo, oder installieren Sie das NUT-Paket mit diesem Treiber.',
  'error.driver/not-installed': 'Der Treiber {driver} von {ups} ist nicht installiert; gesucht in {folders}.',
  'remedy.driver/not-installed':
    'Installieren Sie das NUT-Paket mit ihm ({package} auf Debian und Ubuntu), oder nennen Sie seinen Ordner mit driverpath.',
  'error.driver/start-failed': 'Der Treiber {driver} von {ups} startete nicht: {reason}.',
  'remedy.driver/start-failed':
    'Prüfen Sie Anschluss und Optionen dieser USV. Der Treiber wird von selbst neu gestartet.',
  'error.driver/ended': 'Der Treiber {driver} von {ups} endete: {reason}.',
  'remedy.driver/ended':
    'Er wird von selbst neu gestartet. Bleibt es so, sehen Sie seine letzten Zeilen im Protokoll an.',
  'error.driver/socket-lost': 'Die Verbindung zum Treiber {driver} von {ups} ging verloren.',
  'remedy.driver/socket-lost': 'Sie wird von selbst neu hergestellt, sobald der Treiber läuft.',
  'error.driver/socket-denied': 'Der Socket {path} des Treibers {driver} von {ups} ist gesperrt: {reason}.',
  'remedy.driver/socket-denied':
    'Nehmen Sie den Benutzer von Ridethrough in die Gruppe des Sockets auf (meist nut) und melden Sie sich neu an.',
  'error.driver/data-stale': 'Der Treiber {driver} von {ups} sagt, dass seine Daten alt sind.',
  'remedy.driver/data-stale':
    'Prüfen Sie das Kabel oder das Netzwerk zur USV; Daten kommen von selbst wieder, das Protokoll sagt mehr.',
  'error.driver/power-cut': 'Der Treiber {driver} von {ups} wurde angehalten, damit die USV abschalten kann.',
  'remedy.driver/power-cut': 'Blieb der Strom an, laden Sie den Treiber neu oder starten Sie neu.',
  'error.driver/cannot-read': '{file} ist nicht lesbar: {reason}.',
  'remedy.driver/cannot-read': 'Prüfen Sie den Pfad und das Leserecht.',
  'error.driver/cannot-write': '{file} ist nicht schreibbar: {reason}.',
  'remedy.driver/cannot-write': 'Prüfen Sie den Pfad, das Schreibrecht und den freien Platz.',

  'error.hid/bad-descriptor': 'Der Report-Deskriptor von {device} ist unbrauchbar: {reason}.',
  'remedy.hid/bad-descriptor':
    'Stecken Sie das USB-Kabel neu. Bleibt es so, zeichnen Sie das Gerät mit „ridethrough record“ auf und melden Sie es.',
  'error.hid/short-report': 'Report {reportId} von {device} ist zu kurz: {actual} von {expected} Bytes.',
  'remedy.hid/short-report': 'Nichts zu tun: was ankam, wird benutzt, das andere bleibt unbekannt.',
  'error.hid/value-too-large': '{value} passt nicht in die {bits} Bit, die es in Report {reportId} hat.',
  'remedy.hid/value-too-large': 'Wählen Sie einen kleineren Wert.',

  'error.web/port-in-use': 'Die Weboberfläche kann nicht auf {address} lauschen: der Port ist belegt.',
  'remedy.web/port-in-use':
    'Vielleicht läuft schon ein Ridethrough; öffnen Sie dieses, oder wählen Sie mit --web HOST:PORT einen anderen Port.',
  'error.web/cannot-listen': 'Die Weboberfläche kann nicht auf {address} lauschen: {reason}.',
  'remedy.web/cannot-listen': 'Prüfen Sie die Adresse und das Recht auf den Port.',
  'error.web/password-needed': 'Die Weboberfläche darf ohne Kennwort nicht auf {address} lauschen.',
  'remedy.web/password-needed':
    'Setzen Sie eines mit „ridethrough config set web.password -“, oder lauschen Sie auf 127.0.0.1.',
  'error.web/tls-needed':
    'Die Weboberfläche darf ohne TLS nicht auf {address} lauschen: das Kennwort wäre unterwegs lesbar.',
  'remedy.web/tls-needed':
    'Rufen Sie „ridethrough config set web.tls own“ auf, mit eigenem Zertifikat „ridethrough config set web.tls files web.certFile DATEI web.keyFile DATEI“. Hinter einem Proxy, der TLS übernimmt: „ridethrough config set web.allowPlainHttp true“.',
  'error.web/bad-certificate': 'Das Zertifikat {file} der Weboberfläche ist unbrauchbar: {reason}.',
  'remedy.web/bad-certificate':
    'Setzen Sie web.certFile auf eine PEM-Datei mit der Zertifikatskette und web.keyFile auf eine mit dem Schlüssel, ohne Passphrase.',
} as const satisfies Partial<Record<Keys, string>>;
