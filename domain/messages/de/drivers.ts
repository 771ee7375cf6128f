import type { drivers as en } from '../en/drivers.ts';

export const drivers = {
  'error.driver/no-device': 'Keine USV für {ups} gefunden: {searched}.',
  'remedy.driver/no-device':
    'Prüfen, ob das USB-Kabel steckt und die USV eingeschaltet ist. „ridethrough scan“ zeigt, was angeschlossen ist.',
  'error.driver/permission-denied': '{device} lässt sich nicht öffnen: keine Berechtigung für {path}.',
  'remedy.driver/permission-denied':
    'Die udev-Regel resources/udev/60-ridethrough.rules einrichten, dann das USB-Kabel ab- und wieder anstecken.',
  'error.driver/held-by-other': '{device} ist von einem anderen Programm belegt: {holder}.',
  'remedy.driver/held-by-other': 'Dieses Programm beenden, dann das USB-Kabel ab- und wieder anstecken.',
  'error.driver/unplugged': '{device} ist abgesteckt.',
  'remedy.driver/unplugged': 'USB-Kabel wieder anstecken. Die USV wird von selbst gefunden.',
  'error.driver/io': '{device} hat nicht geantwortet: {reason}.',
  'remedy.driver/io':
    'Es wird von selbst weiter versucht. Hilft das nicht, das USB-Kabel neu anstecken oder einen anderen Anschluss nehmen.',
  'error.driver/no-hid-library': 'USB-Geräte sind nicht erreichbar: {reason}.',
  'remedy.driver/no-hid-library':
    'Programm neu installieren. Auf einem schlanken Linux auch libusb-1.0-0 und libudev1 installieren.',
  'error.driver/no-descriptor': 'Der Report-Deskriptor von {device} ist nicht lesbar: {reason}.',
  'remedy.driver/no-descriptor':
    'USB-Kabel neu anstecken. Unter Windows sind USVs am USB noch nicht lesbar: an einen Rechner mit Linux oder macOS anstecken und von dort lesen (dummy-ups, ups@host).',
  'error.driver/no-answer': '{device} hat auf keine Abfrage geantwortet: {reason}.',
  'remedy.driver/no-answer':
    'Das Gerät wird von selbst neu geöffnet. Hilft das nicht, das USB-Kabel neu anstecken oder die USV neu starten.',
  'error.driver/gave-up':
    'Für {ups} gibt es nach {tries} Versuchen keinen weiteren, wie in reconnect_max_tries festgelegt. Letzter Grund: {reason}',
  'remedy.driver/gave-up': 'Ursache beheben, dann den Treiber neu laden oder das Programm neu starten.',
  'error.driver/bad-option': 'Die Option {option} von {ups} ist nicht zu gebrauchen: {reason}.',
  'remedy.driver/bad-option': 'Option berichtigen und neu starten.',
  'error.driver/unknown': 'Der Treiber {driver} von {ups} ist unbekannt.',
  'remedy.driver/unknown':
    'usbhid-ups, dummy-ups oder demo verwenden, oder das NUT-Paket mit diesem Treiber installieren.',
  'error.driver/not-installed': 'Der Treiber {driver} von {ups} ist nicht installiert. Gesucht in: {folders}.',
  'remedy.driver/not-installed':
    'Das NUT-Paket mit diesem Treiber installieren ({package} unter Debian und Ubuntu) oder seinen Ordner mit driverpath angeben.',
  'error.driver/start-failed': 'Der Treiber {driver} von {ups} ist nicht gestartet: {reason}.',
  'remedy.driver/start-failed':
    'Anschluss und Optionen dieser USV prüfen. Der Treiber wird von selbst wieder gestartet.',
  'error.driver/ended': 'Der Treiber {driver} von {ups} hat sich beendet: {reason}.',
  'remedy.driver/ended':
    'Er wird von selbst wieder gestartet. Hilft das nicht, stehen seine letzten Zeilen im Protokoll.',
  'error.driver/socket-lost': 'Die Verbindung zum Treiber {driver} von {ups} ist abgerissen.',
  'remedy.driver/socket-lost': 'Sie wird von selbst wieder aufgebaut, sobald der Treiber läuft.',
  'error.driver/socket-denied': 'Der Socket {path} des Treibers {driver} von {ups} ist gesperrt: {reason}.',
  'remedy.driver/socket-denied':
    'Den Benutzer, unter dem Ridethrough läuft, in die Gruppe des Sockets aufnehmen (meist nut), dann neu anmelden.',
  'error.driver/data-stale': 'Der Treiber {driver} von {ups} meldet, dass seine Daten veraltet sind.',
  'remedy.driver/data-stale':
    'Kabel oder Netzwerk zur USV prüfen. Neue Daten erscheinen von selbst; was der Treiber sagt, steht im Protokoll.',
  'error.driver/power-cut': 'Der Treiber {driver} von {ups} wurde angehalten, damit die USV abschalten kann.',
  'remedy.driver/power-cut': 'Blieb der Strom an, den Treiber neu laden oder das Programm neu starten.',
  'error.driver/upstream-stale': '{address} liefert veraltete Daten: der Server dort erreicht seine USV nicht.',
  'remedy.driver/upstream-stale':
    'Auf jenem Server die USV und ihren Treiber prüfen. Neue Daten erscheinen von selbst.',
  'error.driver/upstream-refused': 'Der Server von {address} gibt diese USV nicht heraus: {reason}.',
  'remedy.driver/upstream-refused':
    'Den Namen der USV in port prüfen und ob ihr Treiber dort läuft. Es wird von selbst weiter gefragt.',
  'error.driver/bad-file': '{file}:{line}: {reason}.',
  'remedy.driver/bad-file': 'Datei berichtigen. Nach jeder Änderung wird sie neu gelesen.',
  'error.driver/cannot-read': '{file} ist nicht lesbar: {reason}.',
  'remedy.driver/cannot-read': 'Pfad und Leserecht prüfen.',
  'error.driver/cannot-write': '{file} lässt sich nicht schreiben: {reason}.',
  'remedy.driver/cannot-write': 'Pfad, Schreibrecht und freien Speicherplatz prüfen.',
  'probe.unit': '{port} antwortet: {title}.',
  'probe.no-ups': '{port} antwortet und ist keine USV, die snmp-ups kennt: {title}.',
  'probe.silent':
    'Unter {port} antwortet niemand. Ist SNMP dort eingeschaltet (v1, lesen), und steht seine Community in den Zusatzparametern?',
  'probe.unreachable': '{port} ist nicht zu erreichen: {reason}.',
  'probe.repeated': '{server} antwortet und hat {ups}.',
  'probe.not-listed': '{server} antwortet und hat {ups} nicht, sondern: {names}.',
  'probe.no-upses': '{server} antwortet und hat keine USV.',
} as const satisfies Record<keyof typeof en, string>;
