// Sends events through libhoney: a batch that fills itself, one with time, rate and nested data, one without fields.
// HONEYCOMB_API_ENDPOINT and HONEYCOMB_API_KEY say where. Prints what the library was answered.
const libhoney = require('libhoney');
const Libhoney = libhoney.default ?? libhoney;

const answers = [];
const honey = new Libhoney({
  apiHost: process.env.HONEYCOMB_API_ENDPOINT,
  writeKey: process.env.HONEYCOMB_API_KEY,
  dataset: 'cruddur-node',
  responseCallback: (answered) => answers.push(...answered),
});

for (let row = 0; row < 60; ++row) honey.sendNow({ 'app.userId': 'andrewbrown', row, ratio: row / 4 });
const event = honey.newEvent();
event.timestamp = '2018-12-13T14:51:00.250Z';
event.sampleRate = 4;
event.metadata = 'the one with a time';
event.add({ name: 'page', cached: false, nested: { tags: ['a', 'b'] }, umlaut: 'äöü😀' });
event.sendPresampled();

honey.flush().then(() => {
  const told = answers.map(({ status_code, error, metadata }) => ({ status: status_code, error: error ?? null, metadata }));
  console.log(JSON.stringify({ answers: told }));
});
