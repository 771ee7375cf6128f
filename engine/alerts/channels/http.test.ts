/** Each form against a local server: path, headers and body to the letter of what the service documents. */
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { hostname } from 'node:os';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { describeError } from '#domain/errors.ts';
import { VERSION } from '#engine/version.ts';
import { BACK, channelOf, codeOf, OUTAGE } from '../test-support.ts';
import { createHttpChannel } from './http.ts';
import type { HttpChannelSettings } from './http-forms.ts';

const servers: Server[] = [];
afterEach(async () => {
  await Promise.all(
    servers.splice(0).map((server) => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    }),
  );
});

interface Received {
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

async function startServer(status = 200, answer = '') {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method, url: path, headers } = request;
      received.push({ method, path, headers, body: JSON.parse(Buffer.concat(chunks).toString()) });
      response.writeHead(status, status === 302 ? { Location: '/elsewhere' } : {}).end(answer);
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { received, base: `http://127.0.0.1:${port}`, server: `127.0.0.1:${port}` };
}

const channel = (settings: Parameters<typeof channelOf>[0]) =>
  createHttpChannel(channelOf(settings) as HttpChannelSettings, 'en');

describe('the forms', () => {
  test('every request is JSON by POST and says who sends it', async () => {
    const { received, base } = await startServer();
    await channel({ type: 'slack', url: `${base}/x` }).send([OUTAGE]);
    expect(received).toHaveLength(1);
    expect(received[0]?.method).toBe('POST');
    expect(received[0]?.headers['content-type']).toBe('application/json');
    expect(received[0]?.headers['user-agent']).toBe(`Ridethrough/${VERSION}`);
  });

  test('ntfy: published as JSON to the root, with topic, priority and tag', async () => {
    const { received, base } = await startServer();
    await channel({ type: 'ntfy', server: base, topic: 'home-ups', token: 'tk_1' }).send([OUTAGE]);
    expect(received[0]).toMatchObject({ path: '/', headers: { authorization: 'Bearer tk_1' } });
    expect(received[0]?.body).toEqual({
      topic: 'home-ups',
      title: 'ups: The power is out.',
      message: 'On battery. About 14 min left.',
      priority: 5,
      tags: ['rotating_light'],
    });
    await channel({ type: 'ntfy', server: `${base}/`, topic: 'home-ups' }).send([BACK]);
    expect(received[1]?.headers.authorization).toBeUndefined();
    expect(received[1]?.body).toMatchObject({ priority: 3, tags: ['white_check_mark'] });
  });

  test('Telegram: sendMessage of the bot, as plain text', async () => {
    const { received, base } = await startServer(200, '{"ok":true}');
    await channel({ type: 'telegram', server: base, token: '1:AbC', chat: '-100' }).send([OUTAGE]);
    expect(received[0]?.path).toBe('/bot1:AbC/sendMessage');
    expect(received[0]?.body).toEqual({
      chat_id: '-100',
      text: 'ups: The power is out.\n\nOn battery. About 14 min left.',
      disable_notification: false,
    });
  });

  test('Discord: an embed that calls nobody', async () => {
    const { received, base } = await startServer(204);
    await channel({ type: 'discord', url: `${base}/api/webhooks/1/secret` }).send([OUTAGE]);
    expect(received[0]?.path).toBe('/api/webhooks/1/secret');
    expect(received[0]?.body).toEqual({
      username: 'Ridethrough',
      embeds: [
        {
          title: 'ups: The power is out.',
          description: 'On battery. About 14 min left.',
          color: 0xc4314b,
          timestamp: '2026-11-22T15:00:05.000Z',
        },
      ],
      allowed_mentions: { parse: [] },
    });
  });

  test('Slack: one text, with its three signs escaped', async () => {
    const { received, base } = await startServer(200, 'ok');
    await channel({ type: 'slack', url: `${base}/services/T/B/X` }).send([{ ...OUTAGE, brief: 'a < b & c > d' }]);
    expect(received[0]?.path).toBe('/services/T/B/X');
    expect(received[0]?.body).toEqual({ text: '*ups: The power is out.*\na &lt; b &amp; c &gt; d' });
  });

  test('Gotify: message with the key of the application in a header', async () => {
    const { received, base } = await startServer();
    await channel({ type: 'gotify', server: `${base}/gotify/`, token: 'A1' }).send([OUTAGE]);
    expect(received[0]).toMatchObject({ path: '/gotify/message', headers: { 'x-gotify-key': 'A1' } });
    expect(received[0]?.body).toEqual({
      title: 'ups: The power is out.',
      message: 'On battery. About 14 min left.',
      priority: 8,
    });
  });

  test('a webhook of one’s own: every fact, for programs', async () => {
    const { received, base } = await startServer();
    await channel({ type: 'webhook', url: `${base}/hook?x=1`, token: 't' }).send([BACK]);
    expect(received[0]).toMatchObject({ path: '/hook?x=1', headers: { authorization: 'Bearer t' } });
    expect(received[0]?.body).toEqual({
      source: 'ridethrough',
      host: hostname(),
      id: '7-1-end',
      at: '2026-11-22T15:01:35.000Z',
      ups: 'ups',
      event: 'ONLINE',
      kind: 'on-battery',
      stage: 'end',
      severity: 'danger',
      status: 'OL CHRG',
      startedAt: '2026-11-22T15:00:00.000Z',
      endedAt: '2026-11-22T15:01:30.000Z',
      title: 'ups: The power is back.',
      text: 'It lasted 1 min.',
      figures: { 'battery.charge': 87, 'ups.load': 23.5 },
    });
  });

  test('what waited comes as one: the newest in front for people, all of it for programs', async () => {
    const { received, base } = await startServer();
    await channel({ type: 'ntfy', server: base, topic: 't' }).send([OUTAGE, BACK]);
    await channel({ type: 'webhook', url: base }).send([OUTAGE, BACK]);
    expect(received[0]?.body).toMatchObject({ title: '2 messages that had to wait:' });
    const { message } = received[0]?.body as { message: string };
    expect(message.split('\n').map((line) => line.slice(line.indexOf('ups:')))).toEqual([
      'ups: The power is back.',
      'ups: The power is out.',
    ]);
    expect(received[1]?.body).toMatchObject({ event: 'ONLINE', earlier: [{ event: 'ONBATT' }] });
  });

  test('what a service would refuse for its length is cut', async () => {
    const { received, base } = await startServer();
    const long = { ...OUTAGE, title: 'x'.repeat(300), brief: 'y'.repeat(5000) };
    await channel({ type: 'discord', url: base }).send([long]);
    await channel({ type: 'telegram', server: base, token: 't', chat: '1' }).send([long]);
    const [embed] = (received[0]?.body as { embeds: { title: string; description: string }[] }).embeds;
    expect([embed?.title.length, embed?.description.length]).toEqual([256, 4096]);
    expect((received[1]?.body as { text: string }).text).toHaveLength(4096);
  });
});

describe('what goes wrong is said', () => {
  const failure = (sending: Promise<void>): Promise<string> =>
    sending.then(
      () => 'sent',
      (error: unknown) => describeError(error),
    );

  test('with the words of the service, and never with the token', async () => {
    const telegram = await startServer(401, '{"ok":false,"error_code":401,"description":"Unauthorized"}');
    expect(
      await failure(channel({ type: 'telegram', server: telegram.base, token: 's3cret', chat: '1' }).send([OUTAGE])),
    ).toBe(
      `telegram: ${telegram.server} refuses the message: HTTP 401, Unauthorized. Check address, token and recipient of this channel.`,
    );
    const slack = await startServer(400, 'invalid_payload');
    const said = await failure(channel({ type: 'slack', name: 'Ops', url: `${slack.base}/s3cret` }).send([OUTAGE]));
    expect(said).toContain(`Ops: ${slack.server} refuses the message: HTTP 400, invalid_payload.`);
    expect(said).not.toContain('s3cret');
  });

  test('without the secrets that a server or the system quotes back', async () => {
    const fastify = await startServer(404, '{"message":"Route POST:/hook/s3cret?k=k3y not found"}');
    const quoted = await startServer(400, `unknown token tok3n ${'x'.repeat(300)}`);
    const said = await Promise.all([
      failure(channel({ type: 'webhook', url: `${fastify.base}/hook/s3cret?k=k3y` }).send([OUTAGE])),
      failure(channel({ type: 'ntfy', server: quoted.base, topic: 't', token: 'tok3n' }).send([OUTAGE])),
      failure(channel({ type: 'webhook', url: 'http://u5er:pa55word@127.0.0.1/hook/s3cret' }).send([OUTAGE])),
      failure(channel({ type: 'webhook', url: `${quoted.base}/hook`, token: 'tok3n\nX: y' }).send([OUTAGE])),
    ]);
    expect(said[0]).toContain('HTTP 404');
    expect(said[1]).toContain('HTTP 400, unknown token …');
    expect(said.join('\n')).not.toMatch(/s3cret|k3y|tok3n|pa55word/);
    expect(quoted.received).toHaveLength(1);
  });

  test('a page for browsers, a server that sends elsewhere, and one that is not there', async () => {
    const page = await startServer(502, '<html>Bad gateway</html>');
    expect(await failure(channel({ type: 'slack', url: page.base }).send([OUTAGE]))).toContain(': HTTP 502.');
    const moved = await startServer(302);
    expect(await codeOf(channel({ type: 'slack', url: moved.base }).send([OUTAGE]))).toBe('alert/refused');
    expect(moved.received).toHaveLength(1);
    const gone = await startServer();
    await new Promise((resolve) => servers.pop()?.close(resolve));
    const said = await failure(channel({ type: 'gotify', server: gone.base, token: 't' }).send([OUTAGE]));
    expect(said).toContain(`gotify: ${gone.server} cannot be reached:`);
  });

  test('a secret that is not there', async () => {
    expect(await codeOf(channel({ type: 'discord' }).send([OUTAGE]))).toBe('alert/not-set');
    expect(await codeOf(channel({ type: 'telegram', chat: '1' }).send([OUTAGE]))).toBe('alert/not-set');
  });
});
