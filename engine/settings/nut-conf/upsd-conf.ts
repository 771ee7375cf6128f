import { isIPv6 } from 'node:net';
import { asSeconds } from '#domain/units.ts';
import { NUT_PORT } from '#engine/nut/protocol.ts';
import { parsePort } from '#engine/nut/ups-address.ts';
import { quote } from '#engine/nut/words.ts';
import { type Directive, type DirectiveLine, type DirectiveTable, readDirectives } from './directive-file.ts';
import { WHY_NO_EFFECT } from './no-effect.ts';
import type { CertIdent, CertRequest, ListenConf, Mutable, Origin, UpsdConf } from './nut-conf.ts';
import type { Problems } from './problem.ts';
import { expected } from './values.ts';

/** What upsd does without upsd.conf. */
export const UPSD_DEFAULTS: UpsdConf = {
  listen: [],
  maxAge: asSeconds(15),
  trackingDelay: asSeconds(3600),
  allowNoDevice: false,
  allowNotAllListeners: false,
  certRequest: 'no',
  disableWeakSsl: false,
  debugMin: 0,
};

type Draft = Omit<Mutable<UpsdConf>, 'listen'> & { listen: ListenConf[] };

const CERT_REQUESTS = new Map<string, CertRequest>([
  ['NO', 'no'],
  ['0', 'no'],
  ['REQUEST', 'request'],
  ['1', 'request'],
  ['REQUIRE', 'require'],
  ['2', 'require'],
]);

/** Both daemons have it. */
export function readCertIdent(line: DirectiveLine): CertIdent | undefined {
  const [name, password] = line.values;
  if (name !== undefined && password !== undefined) return { name, password };
  line.refuse(line.values.join(' '), expected.certIdent);
  return undefined;
}

const given = <Value>(value: Value | undefined, put: (value: Value) => void): void => {
  if (value !== undefined) put(value);
};

const originOf = ({ problems, line }: DirectiveLine): Origin => ({ file: problems.file, line });

const directives: Record<string, Directive<Draft> | 'obsolete'> = {
  LISTEN: { isRepeatable: true, read: readListen },
  MAXAGE: { read: (line, draft) => given(line.integer(), (value) => (draft.maxAge = asSeconds(value))) },
  TRACKINGDELAY: {
    read: (line, draft) => given(line.integer(), (value) => (draft.trackingDelay = asSeconds(value))),
  },
  MAXCONN: { read: readMaxConn },
  ALLOW_NO_DEVICE: { read: (line, draft) => given(line.boolean(), (value) => (draft.allowNoDevice = value)) },
  ALLOW_NOT_ALL_LISTENERS: {
    read: (line, draft) => given(line.boolean(), (value) => (draft.allowNotAllListeners = value)),
  },
  STATEPATH: { read: (line, draft) => given(line.text(), (value) => (draft.statePath = value)) },
  DATAPATH: { whyNoEffect: WHY_NO_EFFECT.ownData, read: (line) => void line.text() },
  CERTFILE: {
    read: (line, draft) =>
      given(line.text(), (value) => Object.assign(draft, { certFile: value, certFileOrigin: originOf(line) })),
  },
  CERTPATH: {
    read: (line, draft) =>
      given(line.text(), (value) => Object.assign(draft, { certPath: value, certPathOrigin: originOf(line) })),
  },
  CERTIDENT: { read: (line, draft) => given(readCertIdent(line), (value) => (draft.certIdent = value)) },
  CERTREQUEST: { read: readCertRequest },
  DISABLE_WEAK_SSL: { read: (line, draft) => given(line.boolean(), (value) => (draft.disableWeakSsl = value)) },
  DEBUG_MIN: { isAnyCase: true, read: (line, draft) => given(line.integer(), (value) => (draft.debugMin = value)) },
  ACL: 'obsolete',
  ACCEPT: 'obsolete',
  REJECT: 'obsolete',
};

const UPSD_DIRECTIVES: DirectiveTable<Draft> = new Map(Object.entries(directives));

function readMaxConn(line: DirectiveLine, draft: Draft): void {
  const value = line.integer();
  if (value === 0) line.refuse('0', expected.wholeNumberFrom1);
  else if (value !== undefined) draft.maxConn = value;
}

function readListen(line: DirectiveLine, draft: Draft): void {
  const [address, portText, ...extra] = line.values;
  const { problems } = line;
  if (address === undefined) {
    problems.error('missing-value', line.line, { name: line.name });
    return;
  }
  if (extra.length > 0) problems.warning('extra-words', line.line, { extra: extra.join(' ') });
  const port = portText === undefined ? NUT_PORT : parsePort(portText);
  if (port === undefined) {
    problems.error('bad-value', line.line, { name: 'LISTEN', value: portText ?? '', expected: expected.port });
    return;
  }
  const host = /^\[(.*)\]$/.exec(address)?.[1] ?? address;
  // `127.0.0.1:3493` is how addresses are written elsewhere.
  if (host.includes(':') && !isIPv6(host)) {
    problems.error('bad-value', line.line, { name: 'LISTEN', value: address, expected: expected.listenAddress });
    return;
  }
  draft.listen.push({ address: host, port, origin: originOf(line) });
}

function readCertRequest(line: DirectiveLine, draft: Draft): void {
  const text = line.text();
  if (text === undefined) return;
  const value = CERT_REQUESTS.get(text.toUpperCase());
  if (value === undefined) line.refuse(text, expected.oneOf(['NO', 'REQUEST', 'REQUIRE']));
  else draft.certRequest = value;
}

export function readUpsdConf(bytes: Uint8Array, problems: Problems): UpsdConf {
  const draft: Draft = { ...UPSD_DEFAULTS, listen: [] };
  readDirectives(bytes, UPSD_DIRECTIVES, draft, problems);
  return draft;
}

/** Text of an upsd.conf that says the same; what is as NUT has it anyway is left out. */
export function writeUpsdConf(conf: UpsdConf): string {
  const lines: string[] = conf.listen.map(({ address, port }) => `LISTEN ${quote(address)} ${port}`);
  const differs = (key: keyof UpsdConf): boolean => conf[key] !== UPSD_DEFAULTS[key];
  const yesNo = (value: boolean): string => (value ? 'true' : 'false');
  if (differs('maxAge')) lines.push(`MAXAGE ${conf.maxAge}`);
  if (differs('trackingDelay')) lines.push(`TRACKINGDELAY ${conf.trackingDelay}`);
  if (conf.maxConn !== undefined) lines.push(`MAXCONN ${conf.maxConn}`);
  if (differs('allowNoDevice')) lines.push(`ALLOW_NO_DEVICE ${yesNo(conf.allowNoDevice)}`);
  if (differs('allowNotAllListeners')) lines.push(`ALLOW_NOT_ALL_LISTENERS ${yesNo(conf.allowNotAllListeners)}`);
  if (conf.statePath !== undefined) lines.push(`STATEPATH ${quote(conf.statePath)}`);
  if (conf.certFile !== undefined) lines.push(`CERTFILE ${quote(conf.certFile)}`);
  if (conf.certPath !== undefined) lines.push(`CERTPATH ${quote(conf.certPath)}`);
  if (conf.certIdent) lines.push(`CERTIDENT ${quote(conf.certIdent.name)} ${quote(conf.certIdent.password)}`);
  if (differs('certRequest')) lines.push(`CERTREQUEST ${conf.certRequest.toUpperCase()}`);
  if (differs('disableWeakSsl')) lines.push(`DISABLE_WEAK_SSL ${yesNo(conf.disableWeakSsl)}`);
  if (differs('debugMin')) lines.push(`DEBUG_MIN ${conf.debugMin}`);
  return lines.map((line) => `${line}\n`).join('');
}
