// One part of an application that greets: on the message `begin` it sends `hello` to every other part, and each of them
// answers. When all have answered, it broadcasts `done`. The parts may be written in any language and run at any node;
// see verticles/kotlin/Greeter.kt. To run it:
//   java -jar target/eric-vertx.jar run js:verticles/js/greeter.mjs

/**
 * Joins the channel as a part of the application.
 *
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
    hello: () => ({ type: 'hello_ack', payload: { from: name } }), // the result goes to the sender
    hello_ack: async ({ payload }) => {
      answered.add(payload.from);
      if (answered.size === others.length) {
        await app.broadcast('done', { by: name, answers: [...answered].sort() });
      }
    },
    done: () => {},
  });
}
