import type { nut as en } from '../en/nut.ts';

export const nut = {
  'error.nut/port-in-use': 'An {address} lässt sich nicht lauschen: der Port ist belegt.',
  'remedy.nut/port-in-use': 'Den anderen NUT-Server (upsd) beenden oder einen anderen Port wählen.',
  'error.nut/cannot-listen': 'An {address} lässt sich nicht lauschen: {reason}.',
  'remedy.nut/cannot-listen': 'Adresse prüfen und ob der Port benutzt werden darf.',
  'error.nut/certificate-unusable': 'Das Zertifikat {file} ist nicht zu gebrauchen: {reason}.',
  'remedy.nut/certificate-unusable':
    'Eine PEM-Datei angeben, die das Zertifikat und seinen privaten Schlüssel enthält und für dieses Programm lesbar ist.',
  'error.nut/authorities-unusable': '{file} taugt nicht als Zertifikate von Ausstellern: {reason}.',
  'remedy.nut/authorities-unusable':
    'In CERTPATH eine PEM-Datei oder einen Ordner mit PEM-Dateien nennen, mit den Zertifikaten der Aussteller und für dieses Programm lesbar.',
  'error.nut/cannot-connect': 'Keine Verbindung zum NUT-Server {address}: {reason}.',
  'remedy.nut/cannot-connect': 'Prüfen, ob die Adresse stimmt, der Server läuft und Anfragen aus dem Netzwerk annimmt.',
  'error.nut/cannot-search': 'Das Netz lässt sich nicht nach Servern durchsuchen: {reason}.',
  'remedy.nut/cannot-search': 'Name oder Adresse des Servers eingeben.',
  'error.nut/cannot-announce': 'Das Netz erfährt nichts von diesem Server: {reason}.',
  'remedy.nut/cannot-announce': 'Es ist nichts zu tun: Unter seiner Adresse ist er trotzdem erreichbar.',
  'error.nut/timeout': 'Der NUT-Server {address} hat nicht innerhalb von {seconds} s geantwortet.',
  'remedy.nut/timeout': 'Das Netzwerk und die Auslastung des Servers prüfen.',
  'error.nut/connection-lost': 'Die Verbindung zum NUT-Server {address} ist abgerissen: {reason}.',
  'remedy.nut/connection-lost': 'Das Netzwerk prüfen und ob der Server neu gestartet wurde.',
  'error.nut/bad-reply': 'Der NUT-Server {address} hat etwas Unverständliches geantwortet.',
  'remedy.nut/bad-reply': 'Prüfen, ob der Port zu einem NUT-Server gehört.',
  'error.nut/tls-not-offered': 'Der NUT-Server {address} bietet keine Verschlüsselung an ({reason}).',
  'remedy.nut/tls-not-offered': 'Dem Server ein Zertifikat geben oder unverschlüsselte Verbindungen zulassen.',
  'error.nut/tls-failed': 'Keine verschlüsselte Verbindung zum NUT-Server {address}: {reason}.',
  'remedy.nut/tls-failed': 'Das Zertifikat des Servers prüfen und welchen Zertifizierungsstellen hier vertraut wird.',
  'error.nut/certificate-changed':
    'Der NUT-Server {address} hat ein anderes Zertifikat gezeigt ({fingerprint}) als vereinbart.',
  'remedy.nut/certificate-changed':
    'Hat der Server mit Absicht ein neues Zertifikat bekommen, den neuen Fingerabdruck annehmen. Sonst liest womöglich jemand mit.',
} as const satisfies Record<keyof typeof en, string>;
