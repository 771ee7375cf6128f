import type { doctor as en } from '../en/doctor.ts';

export const doctor = {
  'doctor.usb.none': 'Keine USV hängt am USB, oder keine, die von hier zu sehen ist.',
  'doctor.usb.fine': '{title} darf geöffnet werden.',
  'doctor.programs.none': 'Kein anderes Programm und keine Regel ist im Weg.',
  'doctor.programs.found': '{title}: {effect}',
  'doctor.programs.fix': '{remedy} {command}',
  'doctor.network.off': 'Im Netzwerk wird nichts angeboten.',
  'doctor.network.free': 'Port {port} ist frei für den NUT-Server.',
  'doctor.network.running': 'Ein NUT-Server mit diesen USVs läuft auf Port {port}.',
  'doctor.network.other': 'Ein anderer NUT-Server hat Port {port}, mit {names}.',
  'doctor.shutdown.none': 'Dieser Rechner wird von hier aus nicht heruntergefahren.',
  'doctor.shutdown.none.fix': 'Hängt er an einer USV, in den Einstellungen eine Aktion wählen.',
  'doctor.shutdown.fine': 'Dieser Rechner kann heruntergefahren werden, durch {by}.',
  'doctor.mail.off': 'Mails sind nicht gewünscht.',
  'doctor.mail.fine': 'Der Mailserver {server} nimmt Mails von hier an.',
  'doctor.alerts.off': 'Kein anderer Weg als Mail ist eingerichtet.',
  'doctor.alerts.fine': '{channel}: nichts wartet.',
  'doctor.alerts.waiting': '{channel}: {count} Meldungen warten, die älteste seit {since}.',
  'doctor.alerts.waiting.fix':
    'Auf der Seite der Einstellungen eine Probe senden oder im Protokoll nach dem Grund sehen.',
  'doctor.alerts.wrong': '{channel}: {field} stimmt nicht: {reason}.',
  'doctor.clock.fine': 'Die Uhr geht richtig, soweit sich das sagen lässt.',
  'doctor.clock.wrong': 'Die Uhr steht auf {date}.',
  'doctor.clock.alone':
    'Die Uhr wird von keinem Zeitserver gestellt: Zeiten in Meldungen und Verlauf können falsch sein.',
  'doctor.clock.fix': 'Sie stellen oder den Zeitdienst des Systems einschalten.',
  'doctor.disk.fine': 'In {folder} kann geschrieben werden.',
  'doctor.disk.full': 'In {folder} sind noch {free} MiB frei.',
  'doctor.disk.full.fix': 'Platz schaffen: Ohne ihn lassen sich weder Einstellungen noch Verlauf aufheben.',
  'doctor.disk.refused': 'In {folder} kann nicht geschrieben werden: {reason}.',
  'doctor.disk.refused.fix': 'Den Ordner anlegen oder ihn dem Benutzer geben, unter dem Ridethrough läuft.',
} as const satisfies Record<keyof typeof en, string>;
