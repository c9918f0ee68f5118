// One exception with a request, one message: through the SDK's own queue. Prints the uuids and the answers.
const Rollbar = require('rollbar');

const rollbar = new Rollbar({
  accessToken: process.env.ROLLBAR_ACCESS_TOKEN,
  endpoint: process.env.ROLLBAR_ENDPOINT,
  environment: 'test',
  codeVersion: '1.2.3',
  payload: { person: { id: '1001', username: 'andrewbrown' } },
});

const request = {
  protocol: 'http',
  method: 'POST',
  url: '/api/activities?term=a',
  ip: '203.0.113.9',
  headers: { host: 'localhost:4567', 'content-type': 'application/json', authorization: 'Bearer secret-canary' },
  body: { message: 'hello', password: 'secret-canary' },
};

function readFeed() {
  throw new RangeError('home feed did not load');
}

// rollbar.wait does not see items whose stack is still being read, so each item's own callback ends the wait.
const answered = {};
function note(what) {
  return (error, reply) => {
    answered[what] = { error: error ? String(error) : null, reply };
    if (answered.error && answered.warning) console.log(JSON.stringify({ answered, item: item.uuid, message: message.uuid }));
  };
}
let failure;
try {
  readFeed();
} catch (error) {
  failure = error;
}
const item = rollbar.error(failure, request, { rows: 3, tags: ['a', 'b'] }, note('error'));
const message = rollbar.warning('Hello Wörld!', note('warning'));
