// rollbar.js in one of the situations of its life: rollbar_life.cjs STORY. Prints each answer as one line of JSON.
const Rollbar = require('rollbar');

// rollbar.js complains there of what is refused; the answers tell it, too.
console.error = () => {};

const rollbar = new Rollbar({
  accessToken: process.env.ROLLBAR_ACCESS_TOKEN,
  endpoint: process.env.ROLLBAR_ENDPOINT,
  environment: 'test',
  verbose: false,
});

function send(level, ...what) {
  return new Promise((resolve) => {
    rollbar[level](...what, (error, reply) => resolve({ error: error ? String(error.message || error) : null, reply }));
  });
}

const stories = {
  chain: async () => {
    const cause = new RangeError('no such row');
    return [await send('critical', new Error('home feed did not load', { cause }), { rows: 3 })];
  },
  twice: async () => [await send('info', 'first'), await send('info', 'second'), await send('info', 'third')],
  large: async () => [await send('error', 'x'.repeat(400000))],
  // An item that is on its way is nowhere when the process ends; wait() is for that.
  exits: async () => {
    rollbar.critical('the last words');
    console.log(JSON.stringify({ answers: [] }));
    process.exit(0);
  },
  waits: async () => {
    rollbar.critical('the last words');
    await new Promise((resolve) => rollbar.wait(resolve));
    return [];
  },
  refused: async () => [await send('error', 'a person without id', {}), await refused()],
};

// What no call of rollbar.js makes by itself: a person that lacks its id.
function refused() {
  rollbar.configure({ payload: { person: { username: 'andrewbrown' } } });
  return send('error', 'refused');
}

stories[process.argv[2]]().then((answers) => console.log(JSON.stringify({ answers })));
