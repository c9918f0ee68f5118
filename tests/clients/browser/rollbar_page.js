// rollbar.js in a page: an error that nobody catches, a rejection, a message, an error with its cause; by the transport
// and to the endpoint of the settings. What each call was answered is told.
import Rollbar from 'rollbar';

const { accessToken, endpoint, transport, story } = window.settings;
const rollbar = new Rollbar({
  accessToken,
  endpoint,
  defaultTransport: transport,
  environment: 'test',
  captureUncaught: true,
  captureUnhandledRejections: true,
  payload: {
    person: { ...(story !== 'without-id' && { id: '1001' }), username: 'andrewbrown' },
    client: { javascript: { code_version: '1.2.3', source_map_enabled: false } },
  },
});

function send(level, ...what) {
  return new Promise((resolve) => {
    rollbar[level](...what, (error, reply) =>
      // By fetch the reply is still a promise.
      Promise.resolve(reply).then(
        (value) => resolve({ error: error ? String(error.message || error) : null, reply: value ?? null }),
        (unreadable) => resolve({ error: `unreadable: ${unreadable.message}`, reply: null }),
      ),
    );
  });
}

function readFeed() {
  throw new RangeError('no such row');
}

const stories = {
  life: async () => {
    setTimeout(readFeed);
    Promise.reject(new TypeError('nobody waits for this'));
    let caught;
    try {
      readFeed();
    } catch (cause) {
      caught = new Error('home feed did not load', { cause });
    }
    return [await send('warning', 'Hello Wörld!', { rows: 3 }), await send('error', caught)];
  },
  one: async () => [await send('error', 'one')],
  twice: async () => [await send('info', 'first'), await send('info', 'second')],
  large: async () => [await send('error', 'x'.repeat(400000))],
  'without-id': async () => [await send('error', 'a person without id')],
};

window.told = stories[story]();
