/** A program with one UPS and a broker, to be killed in the midst of it: `mqtt-publisher.ts PORT`. */
import { createMqttChannel } from '#engine/alerts/channels/mqtt.ts';
import { channelOf } from '#engine/alerts/test-support.ts';
import { systemClock } from '#engine/adapters/system-clock.ts';
import { createRememberingLog } from './silent-log.ts';

createMqttChannel({
  settings: channelOf({ type: 'mqtt', host: '127.0.0.1', port: Number(process.argv[2]) }),
  source: { list: () => [], onChange: () => () => undefined },
  clock: systemClock,
  log: createRememberingLog(),
  locale: 'en',
});
