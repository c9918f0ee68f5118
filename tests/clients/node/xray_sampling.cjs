// A web server, traced by the SDK's middleware, and requests to it: as many for a path as each line of standard input asks
// for. Each answer tells how many were sampled.
const http = require('http');
const readline = require('readline');
const AWSXRay = require('aws-xray-sdk-core');

AWSXRay.middleware.setDefaultName('node-backend');
let sampled = 0;

const server = http.createServer((request, response) => {
  AWSXRay.getNamespace().run(() => {
    const segment = AWSXRay.middleware.traceRequestResponseCycle(request, response);
    if (!segment.notTraced) sampled += 1;
    response.end();
  });
});

function get(port, path) {
  return new Promise((resolve, reject) => {
    http.get({ host: '127.0.0.1', port, path }, (reply) => reply.resume().on('end', resolve)).on('error', reject);
  });
}

server.listen(0, '127.0.0.1', async () => {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const { path, count } = JSON.parse(line);
    sampled = 0;
    for (let i = 0; i < count; i += 1) await get(server.address().port, path);
    console.log(JSON.stringify({ sampled }));
  }
  server.close();
  server.closeAllConnections();
});
