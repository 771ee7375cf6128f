import type { monitor as en } from '../en/monitor.ts';

export const monitor = {
  'monitor.now.unheard': 'Warten auf das erste Zeichen von {ups}.',
  'monitor.now.never-heard': 'Noch keine Verbindung zu {ups}: sie gilt als gut, nichts wird heruntergefahren.',
  'monitor.now.line': '{ups} ist im Netzbetrieb: nichts wird heruntergefahren.',
  'monitor.now.unknown': '{ups} sagt nicht, ob Netzbetrieb ist: nichts wird heruntergefahren.',
  'monitor.now.low-on-line':
    '{ups} meldet einen fast leeren Akku, ist aber im Netzbetrieb: nichts wird heruntergefahren.',
  'monitor.now.lost-on-line':
    'Die Verbindung zu {ups} ist verloren. Zuletzt war Netzbetrieb: nichts wird heruntergefahren.',
  'monitor.now.lost-on-battery':
    'Die Verbindung zu {ups} ist im Akkubetrieb verloren: Herunterfahren, falls keine Antwort kommt.',
  'monitor.now.lost-at-risk':
    'Die Verbindung zu {ups} ist in einem Zustand verloren, der kein Schweigen verträgt: Herunterfahren, falls keine Antwort kommt.',
  'monitor.now.battery': '{ups} ist im Akkubetrieb: Herunterfahren, wenn der Akku fast leer ist.',
  'monitor.now.counting':
    '{ups} ist im Akkubetrieb: Herunterfahren nach Ablauf der eingestellten Zeit, falls das Netz ausbleibt.',
  'monitor.now.postponed': '{ups} ist im Akkubetrieb; das Herunterfahren wurde von Hand verschoben.',
  'monitor.now.cancelled':
    '{ups} ist im Akkubetrieb; das Herunterfahren wurde von Hand abgebrochen. Ein fast leerer Akku führt trotzdem dazu.',
  'monitor.now.test': '{ups} prüft den Akku: nichts wird heruntergefahren.',
  'monitor.now.calibration': '{ups} kalibriert, dabei muss der Akku fast leer werden: nichts wird heruntergefahren.',
  'monitor.now.low': 'Der Akku von {ups} ist fast leer: Herunterfahren, falls das anhält.',
  'monitor.now.low-secondary':
    'Der Akku von {ups} ist fast leer: Herunterfahren, wenn der primäre Rechner es sagt, oder nach einer Weile ohne ihn.',
  'monitor.now.off': 'Der Ausgang von {ups} ist abgeschaltet: Herunterfahren, falls das anhält.',
  'monitor.now.off-duty': 'Keine Versorgung wird überwacht: von hier wird nichts heruntergefahren.',
  'monitor.now.enough': '{ups} zählt nicht mehr, die übrigen Versorgungen genügen: nichts wird heruntergefahren.',

  'monitor.why.fsd': '{ups} ist in der Zwangsabschaltung.',
  'monitor.why.lost-over': 'Die Verbindung zu {ups} ging bei Überlast verloren.',
  'monitor.why.lost-alarm': 'Die Verbindung zu {ups} ging während eines Alarms verloren.',
  'monitor.why.lost-calibration': 'Die Verbindung zu {ups} ging während einer Kalibrierung verloren.',
  'monitor.why.lost-bypass': 'Die Verbindung zu {ups} ging im Bypass verloren.',
  'monitor.why.lost-off': 'Die Verbindung zu {ups} ging bei abgeschaltetem Ausgang verloren.',
  'monitor.why.off': 'Der Ausgang von {ups} ist schon zu lange abgeschaltet.',
  'monitor.why.low': 'Der Akku von {ups} ist fast leer.',
  'monitor.why.dead': 'Die Verbindung zu {ups} ging im Akkubetrieb verloren, und das Schweigen dauert zu lange.',
  'monitor.why.time': '{ups} ist seit {time} im Akkubetrieb.',
  'monitor.why.charge': 'Der Akku von {ups} steht bei {charge} %, die Grenze ist {limit} %.',
  'monitor.why.runtime': 'Der Akku von {ups} reicht noch {time}, die Grenze ist {limit}.',
  'monitor.why.person': 'Es wurde von Hand verlangt.',
  'monitor.why.too-little': 'Die übrigen Versorgungen genügen nicht.',

  'monitor.say.shutdown': 'Das Herunterfahren beginnt und ist nicht mehr aufzuhalten. {why}',
  'monitor.say.waiting': 'Warten, bis sich die übrigen Rechner abmelden: {names}.',
  'monitor.say.no-more-waiting': 'Auf die übrigen Rechner wird nicht länger gewartet. Noch angemeldet: {names}.',
  'monitor.say.nobody-known': 'niemand, der bekannt ist',
  'monitor.say.before': 'Der Befehl vor der Aktion läuft; er hat {seconds} s.',
  'monitor.say.before-ended': 'Der Befehl vor der Aktion ist fertig.',
  'monitor.say.before-failed': 'Der Befehl vor der Aktion ist gescheitert ({failure}). Das Herunterfahren geht weiter.',
  'monitor.say.before-silent': 'Vom Befehl vor der Aktion ist nichts bekannt. Das Herunterfahren geht weiter.',
  'monitor.say.after': 'Der Befehl nach der Aktion läuft.',
  'monitor.say.after-ended': 'Der Befehl nach der Aktion ist fertig.',
  'monitor.say.after-failed': 'Der Befehl nach der Aktion ist gescheitert ({failure}).',
  'monitor.say.acted': 'Die Aktion zum Herunterfahren ist ausgeführt.',
  'monitor.say.retry': 'Die Aktion zum Herunterfahren ist gescheitert ({failure}). Nächster Versuch in {seconds} s.',
  'monitor.say.failed':
    'Die Aktion zum Herunterfahren ist {attempts}-mal gescheitert ({failure}). Der Rechner bleibt an: von Hand herunterfahren.',
  'monitor.say.ready-again': 'Das Netz ist seit einer Weile in Ordnung: bereit für den nächsten Stromausfall.',
  'monitor.say.resumed':
    'Der Rechner hat geschlafen oder stand still: alle Versorgungen werden neu angesehen, die Zeit im Akkubetrieb läuft weiter.',
  'monitor.say.cancelled': 'Das Herunterfahren wurde von Hand abgebrochen. Ein fast leerer Akku führt trotzdem dazu.',
  'monitor.say.postponed': 'Das Herunterfahren wurde von Hand um {seconds} s verschoben.',
  'monitor.say.goes-on': 'Die Überwachung geht weiter, wo sie stand.',
  'monitor.say.power-off': '{ups} ist angewiesen, in {seconds} s abzuschalten.',
  'monitor.say.power-off-late': '{ups} wird ganz am Ende des Herunterfahrens abgeschaltet, vom System.',
  'monitor.say.no-power-off': '{ups} lässt sich nicht verzögert abschalten: es gibt keinen passenden Befehl.',
  'monitor.say.power-off-refused': '{ups} hat den Befehl {command} nicht angenommen ({outcome}).',

  'monitor.plan.fsd': 'wird zum Herunterfahren aufgefordert (FSD)',
  'monitor.plan.begin': 'beginnt herunterzufahren',
  'monitor.plan.wait': 'wartet nicht länger auf die übrigen Rechner',
  'monitor.plan.before': 'führt den Befehl davor aus, höchstens {time} lang',
  'monitor.plan.after': 'führt den Befehl danach aus',
  'monitor.plan.after-wake': 'führt den Befehl danach aus, sobald er wieder wach ist',
  'monitor.plan.shutdown': 'fährt herunter',
  'monitor.plan.hibernate': 'geht in den Ruhezustand',
  'monitor.plan.sleep': 'geht in den Energiesparmodus',
  'monitor.plan.hybrid-sleep': 'geht in den hybriden Energiesparmodus',
  'monitor.plan.restart': 'startet neu',
  'monitor.plan.command': 'führt den Befehl zum Herunterfahren aus',
  'monitor.plan.nothing': 'würde jetzt handeln, soll aber nichts tun',
  'monitor.plan.power-off': 'schaltet den Ausgang ab',
  'monitor.story.outage':
    'Der Strom fiel um {from} aus; dieser Rechner fuhr um {at} mit {charge} % Ladestand herunter; um {back} war der Strom wieder da.',
  'monitor.story.outage-plain':
    'Der Strom fiel um {from} aus; dieser Rechner fuhr um {at} herunter; um {back} war der Strom wieder da.',
  'monitor.story.shutdown': 'Dieser Rechner fuhr um {at} herunter ({why}) und startete um {back} wieder.',
  'monitor.this-computer': 'Dieser Rechner',

  'error.monitor/refused-under-test': 'Keine echte Abschaltung unter Test: {action}.',
  'remedy.monitor/refused-under-test': 'NODE_ENV, VITEST und RIDETHROUGH_NO_POWER außerhalb von Tests nicht setzen.',
  'error.monitor/not-kept': 'Der Stand der Abschaltüberwachung lässt sich nicht in {file} halten: {reason}.',
  'remedy.monitor/not-kept':
    'Platz schaffen und das Schreiben dort erlauben: nach einem Neustart mitten im Stromausfall finge sie sonst von vorn an.',
  'error.monitor/state-unusable':
    'Der gehaltene Stand der Abschaltüberwachung in {file} ist nicht zu gebrauchen: {reason}.',
  'remedy.monitor/state-unusable': 'Nichts zu tun: die Überwachung beginnt von vorn.',
} as const satisfies Record<keyof typeof en, string>;
