// One part of an application that greets: told to begin, it says hello to every other part, each of which answers. The
// parts may be written in anything and live anywhere; see verticles/kotlin/Greeter.kt. Run it:
//   java -jar target/eric-vertx.jar run js:verticles/js/greeter.mjs

/**
 * @param {import('./eric').Eric} eric
 * @param {{channel?: string, name?: string, others?: string[]}} config
 */
export async function start(eric, { channel = 'greetings', name = 'js', others = ['kotlin'] }) {
  const app = await eric.create(channel, { ifAbsent: true });
  const answered = new Set();
  const part = await app.join(name, {
    begin: async () => {
      for (const other of others) {
        await part.dispatchTo(other, 'hello', { from: name });
      }
    },
    hello: () => ({ type: 'hello_ack', payload: { from: name } }), // goes to the sender
    hello_ack: async ({ payload }) => {
      answered.add(payload.from);
      if (answered.size === others.length) {
        await app.broadcast('done', { by: name, answers: [...answered].sort() });
      }
    },
    done: () => {},
  });
}
