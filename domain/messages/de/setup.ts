import type { setup as en } from '../en/setup.ts';

export const setup = {
  'neighbour.holds-unit': 'Es spricht selbst mit der USV. Solange es läuft, ist die USV hier nicht lesbar.',
  'neighbour.holds-unit-and-shuts-down':
    'Es kann die USV an sich nehmen, dann ist sie hier nicht lesbar, und es fährt diesen Rechner nach eigenen Regeln herunter.',
  'neighbour.shuts-down':
    'Es fährt diesen Rechner nach eigenen Regeln herunter. Wer von beiden zuerst kommt, entscheidet.',
  'neighbour.serves':
    'Es bietet USVs für andere Rechner an wie dieses Programm, meist auf demselben Port. Nur eines von beiden kann ihn haben.',
  'neighbour.network': 'Der Port für andere Rechner',
  'neighbour.shutdown': 'Das Recht herunterzufahren',
  'neighbour.shutdown.refused': 'Dieser Rechner kann von hier aus nicht heruntergefahren werden: {reason}.',
  'neighbour.shutdown.refused.fix':
    'Ridethrough als Dienst betreiben, seinem Benutzer das Ausschalten erlauben (polkit) oder einen Befehl dafür setzen.',
  'neighbour.rule.charge': 'Von sich aus {does}, sobald der Akku der USV bei {percent} % steht. {plan}',
  'neighbour.rule.runtime': 'Von sich aus {does}, sobald der Akku der USV noch {minutes} min reicht. {plan}',
  'neighbour.rule.time': 'Nach {minutes} min mit Akku {does}. {plan}',
  'neighbour.rule.early': 'Das kann dem zuvorkommen, was hier geplant ist.',
  'neighbour.rule.late': 'Was hier geplant ist, wartet womöglich bis {percent} % und käme zu spät.',
  'neighbour.does.shutdown': 'fährt es diesen Rechner herunter',
  'neighbour.does.hibernate': 'versetzt es diesen Rechner in den Ruhezustand',
  'neighbour.does.sleep': 'versetzt es diesen Rechner in den Energiesparmodus',
  'neighbour.does.hybrid-sleep': 'versetzt es diesen Rechner in den hybriden Energiesparmodus',
  'neighbour.upower.fix': 'Die Grenze so tief setzen, dass sie nur gilt, wo alles andere versagt hat.',
  'neighbour.kde': 'Energieverwaltung von KDE',
  'neighbour.kde.fix': 'Die kritische Stufe in den Systemeinstellungen unter „Energieverwaltung“ auf 2 % setzen.',
  'neighbour.windows': 'Energiesparplan von Windows',
  'neighbour.windows.fix':
    'Aufschieben, bis alles andere versagt hat: mit diesem Befehl oder unter „Akku“ in den erweiterten Energieoptionen.',
  'neighbour.macos': 'USV-Grenzen von macOS',
  'neighbour.macos.fix': 'Abschalten, mit diesem Befehl oder unter „Energie“ in den Systemeinstellungen.',
  'neighbour.stop-service': 'Beenden und aus dem Start des Systems nehmen.',
  'neighbour.end-program': 'Beenden und aus dem Start des Systems nehmen.',

  'firewall.on':
    'Hier ist eine Firewall eingeschaltet ({name}). Lässt sie Port {port} (TCP) nicht schon durch, öffnet ihn dies:',
  'firewall.on.until-restart':
    'Hier ist eine Firewall eingeschaltet ({name}). Lässt sie Port {port} (TCP) nicht schon durch, öffnet ihn dies bis zum nächsten Start des Rechners:',
  'firewall.on.as-administrator':
    'Hier ist eine Firewall eingeschaltet ({name}). Lässt sie Port {port} (TCP) nicht schon durch, öffnet ihn dies, in der PowerShell als Administrator:',
  'firewall.rule':
    'Hier ist eine Firewall eingeschaltet ({name}); eine ihrer Regeln lässt Rechner zu Port {port} (TCP) durch.',
  'firewall.blocks-all':
    'Die Firewall von macOS blockiert alle Verbindungen von außen: Systemeinstellungen > Netzwerk > Firewall > Optionen.',

  'rule.dismissed': 'Die Frage nach dem Passwort wurde geschlossen.',
  'rule.refused': 'Das System hat das Recht dazu nicht erteilt.',

  'rehearsal.mains': 'Netz',
  'rehearsal.fail': 'fällt aus',
  'rehearsal.low': 'meldet einen fast leeren Akku',
  'rehearsal.begin': 'beginnt herunterzufahren. {why}',
  'rehearsal.off': 'ist aus',
  'rehearsal.when-low': 'fährt herunter, wenn der Akku fast leer ist; wann das wäre, sagt die USV nicht',
  'rehearsal.battery': 'Akku',
  'rehearsal.empty': 'wäre leer',
} as const satisfies Record<keyof typeof en, string>;
