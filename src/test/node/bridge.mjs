// A client of the SockJS bridge: adds a listener, receives its messages, acknowledges them and answers.
//   node bridge.mjs URL CHANNEL LISTENER COUNT
// prints "ready", then each message's payload as a line of JSON, and after COUNT of them "refused NAME" for an address
// that it may not use.
import { createRequire } from 'node:module';
const EventBus = createRequire(import.meta.url)('@vertx/eventbus-bridge-client.js');

const [url, channel, listener, count] = process.argv.slice(2);
const bus = new EventBus(`${url}/eventbus`);
const command = (body) =>
  new Promise((resolve, reject) => {
    bus.send(`eric.channel.${channel}`, body, {}, (error, message) =>
      error ? reject(error) : resolve(message.body.result),
    );
  });
let got = 0;

bus.onerror = (error) => {
  console.log(`refused ${error.body}`);
  bus.close();
};
bus.onopen = async () => {
  await command({ v: 'r', r: listener });
  bus.registerHandler(`eric.listener.${channel}/${listener}`, async (error, message) => {
    message.reply(null); // acknowledges
    if (message.body.event !== 'n') {
      return; // our own answer
    }
    console.log(JSON.stringify(message.body.data));
    if (++got === Number(count)) {
      await command({ v: 'b', t: 'answer', p: { got } });
      bus.send('some.address', {});
    }
  });
  await command({ v: 'l', r: listener });
  console.log('ready');
};
