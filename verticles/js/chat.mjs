// A chat room with a bot. Everybody who listens to the channel `chat` hears what is said; the bot answers who
// addresses it. Run it:   java -jar target/eric-vertx.jar run js:verticles/js/chat.mjs

/**
 * @param {import('./eric').Eric} eric
 * @param {{channel?: string}} config
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
