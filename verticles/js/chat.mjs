// A chat room with a bot. All listeners of the channel `chat` get what is said, and the bot answers lines that address
// it. To run it:   java -jar target/eric-vertx.jar run js:verticles/js/chat.mjs

/**
 * Creates the room and lets the bot listen.
 *
 * @param {import('./eric').Eric} eric
 * @param {{channel?: string}} config the channel is `chat` by default
 */
export async function start(eric, config) {
  const room = await eric.create(config.channel ?? 'chat', { ifAbsent: true });
  await room.subscribe('bot', { ifAbsent: true });
  await room.listen('bot', async (message) => {
    if (message.type !== 'say') {
      return;
    }
    const { from, text } = message.payload;
    if (from !== 'bot' && text.startsWith('@bot ')) {
      await room.broadcast('say', { from: 'bot', text: `${from}, you said: ${text.slice(5)}` });
    }
  });
  await room.broadcast('say', { from: 'bot', text: 'hello' });
}
