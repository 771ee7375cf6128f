/** What the wizard finds on a computer, and a rehearsal: said by the engine, shown by the wizard. */
export const setup = {
  'neighbour.holds-unit': 'It drives the UPS itself. While it runs, the UPS cannot be read here.',
  'neighbour.holds-unit-and-shuts-down':
    'It may take the UPS for itself, so that it cannot be read here, and it shuts this computer down by rules of its own.',
  'neighbour.shuts-down': 'It shuts this computer down by rules of its own. Whichever of the two comes first decides.',
  'neighbour.serves':
    'It serves UPSes to other computers, as this program does, usually on the same port. Only one of the two can have that.',
  'neighbour.network': 'The port for other computers',
  'neighbour.shutdown': 'The right to shut down',
  'neighbour.shutdown.refused': 'This computer cannot be shut down from here: {reason}.',
  'neighbour.shutdown.refused.fix':
    'Run Ridethrough as a service, or allow its user to power off (polkit), or set a shutdown command.',
  'neighbour.rule.charge': 'It {does} by itself when the battery of the UPS is at {percent} %. {plan}',
  'neighbour.rule.runtime': 'It {does} by itself when the battery of the UPS lasts {minutes} min more. {plan}',
  'neighbour.rule.time': 'It {does} by itself after {minutes} min on battery. {plan}',
  'neighbour.rule.early': 'That may come before what is planned here.',
  'neighbour.rule.late': 'What is planned here may wait until {percent} % and would come too late.',
  'neighbour.does.shutdown': 'shuts this computer down',
  'neighbour.does.hibernate': 'puts this computer into hibernation',
  'neighbour.does.sleep': 'puts this computer to sleep',
  'neighbour.does.hybrid-sleep': 'puts this computer into hybrid sleep',
  'neighbour.upower.fix': 'Set its limit so low that it only acts where everything else has failed.',
  'neighbour.kde': 'Power management of KDE',
  'neighbour.kde.fix': 'Set the critical level to 2 % in the system settings, under power management.',
  'neighbour.windows': 'Power plan of Windows',
  'neighbour.windows.fix':
    'Put it off until everything else has failed, with this command or under “Battery” in the advanced power options.',
  'neighbour.macos': 'UPS limits of macOS',
  'neighbour.macos.fix': 'Switch it off, with this command or under “Energy” in the system settings.',
  'neighbour.stop-service': 'Stop it, and take it out of what starts with the system.',
  'neighbour.end-program': 'End it, and take it out of what starts with the system.',

  'firewall.on': 'A firewall is on here ({name}). Unless it lets port {port} (TCP) through already, this does it:',
  'firewall.on.until-restart':
    'A firewall is on here ({name}). Unless it lets port {port} (TCP) through already, this does it until the next start of the computer:',
  'firewall.on.as-administrator':
    'A firewall is on here ({name}). Unless it lets port {port} (TCP) through already, this does it, in PowerShell as administrator:',
  'firewall.rule': 'A firewall is on here ({name}); one of its rules lets computers through to port {port} (TCP).',
  'firewall.blocks-all':
    'The firewall of macOS blocks all connections from outside: System Settings > Network > Firewall > Options.',

  'rule.dismissed': 'The question for the password was closed.',
  'rule.refused': 'The system did not give the right to do so.',

  'rehearsal.mains': 'Mains',
  'rehearsal.fail': 'fail',
  'rehearsal.low': 'says that its battery is low',
  'rehearsal.begin': 'begins to shut down. {why}',
  'rehearsal.off': 'is off',
  'rehearsal.when-low': 'goes down when the battery is low; the UPS does not tell when that would be',
  'rehearsal.battery': 'Battery',
  'rehearsal.empty': 'would be empty',
} as const;
