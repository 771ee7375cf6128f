/** Errors of the web host and texts of its log-in page. */
export const web = {
  'error.web/port-in-use': 'The web interface cannot listen on {address}: the port is in use.',
  'remedy.web/port-in-use':
    'Another Ridethrough may be running; open that one, or choose another port with --web HOST:PORT.',
  'error.web/cannot-listen': 'The web interface cannot listen on {address}: {reason}.',
  'remedy.web/cannot-listen': 'Check the address and the right to use the port.',
  'error.web/not-served': 'This program serves no web interface, so it has no passwords for it.',
  'remedy.web/not-served': 'Serve it with "ridethrough serve" and set them there.',
  'error.web/password-needed': 'The web interface may not listen on {address} without a password.',
  'remedy.web/password-needed': 'Set one with "ridethrough config set web.password -", or listen on 127.0.0.1.',
  'error.web/tls-needed':
    'The web interface may not listen on {address} without TLS: the password would travel readable.',
  'remedy.web/tls-needed':
    'Run "ridethrough config set web.tls own", or with a certificate you have "ridethrough config set web.tls files web.certFile FILE web.keyFile FILE". Behind a proxy that does TLS: "ridethrough config set web.allowPlainHttp true".',
  'error.web/bad-certificate': 'The certificate {file} of the web interface cannot be used: {reason}.',
  'remedy.web/bad-certificate':
    'Set web.certFile to a PEM file with the certificate chain, and web.keyFile to one with its key, without a passphrase.',
  'login.password': 'Password',
  'login.submit': 'Log in',
  'login.link': 'Open the link that Ridethrough printed when it started; it ends with a token.',
  'login.link-invalid': 'This link is no longer valid. Open the one that the program printed last.',
  'login.too-long': 'That was too long for a password.',
  'login.wait': 'Too many tries. Wait {seconds} s and try again.',
  'login.wrong': 'That password is not right.',
} as const;
