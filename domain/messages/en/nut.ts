/** Errors of engine/nut: server and client. */
export const nut = {
  'error.nut/port-in-use': 'Cannot listen on {address}: the port is in use.',
  'remedy.nut/port-in-use': 'Stop the other NUT server (upsd), or choose another port.',
  'error.nut/cannot-listen': 'Cannot listen on {address}: {reason}.',
  'remedy.nut/cannot-listen': 'Check the address and the right to use the port.',
  'error.nut/certificate-unusable': 'Cannot use the certificate {file}: {reason}.',
  'remedy.nut/certificate-unusable':
    'Name a PEM file that holds the certificate and its private key, readable for this program.',
  'error.nut/authorities-unusable': 'Cannot use {file} as the certificates of authorities: {reason}.',
  'remedy.nut/authorities-unusable':
    'Let CERTPATH name a PEM file, or a folder of PEM files, with the certificates of the authorities, readable for this program.',
  'error.nut/cannot-connect': 'Cannot connect to the NUT server {address}: {reason}.',
  'remedy.nut/cannot-connect': 'Check the address, that the server runs, and that it listens for the network.',
  'error.nut/cannot-search': 'The network cannot be searched for servers: {reason}.',
  'remedy.nut/cannot-search': 'Enter the name or address of the server.',
  'error.nut/cannot-announce': 'The network is not told of this server: {reason}.',
  'remedy.nut/cannot-announce': 'Nothing has to be done: by its address it is reached all the same.',
  'error.nut/timeout': 'The NUT server {address} did not answer within {seconds} s.',
  'remedy.nut/timeout': 'Check the network and the load of the server.',
  'error.nut/connection-lost': 'The connection to the NUT server {address} ended: {reason}.',
  'remedy.nut/connection-lost': 'Check the network and whether the server was restarted.',
  'error.nut/bad-reply': 'The NUT server {address} gave a reply that makes no sense.',
  'remedy.nut/bad-reply': 'Check that the port belongs to a NUT server.',
  'error.nut/tls-not-offered': 'The NUT server {address} does not offer encryption ({reason}).',
  'remedy.nut/tls-not-offered': 'Give the server a certificate, or allow connections without encryption.',
  'error.nut/tls-failed': 'No encrypted connection to the NUT server {address}: {reason}.',
  'remedy.nut/tls-failed': 'Check the certificate of the server and the authorities this program trusts.',
  'error.nut/certificate-changed':
    'The NUT server {address} showed another certificate ({fingerprint}) than the one agreed.',
  'remedy.nut/certificate-changed':
    'If the server was given a new certificate on purpose, accept the new fingerprint; else somebody may be in between.',
} as const;
