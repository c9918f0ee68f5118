// A small web server, traced by the SDK's middleware, that calls itself through the SDK's patched http module. Prints
// the trace ids of its requests, then serves until standard input ends.
const http = require('http');
const AWSXRay = require('aws-xray-sdk-core');

AWSXRay.captureHTTPsGlobal(http);
AWSXRay.middleware.setDefaultName('node-backend');

function get(port, path, headers) {
  return new Promise((resolve, reject) => {
    http
      .get({ host: '127.0.0.1', port, path, headers }, (reply) => {
        reply.resume();
        reply.on('end', () => resolve(reply));
      })
      .on('error', reject);
  });
}

const pages = {
  '/home': async (port) => {
    await AWSXRay.captureAsyncFunc('mock-data', async (subsegment) => {
      subsegment.addAnnotation('results', 3);
      subsegment.addMetadata('now', { day: 'Saturday' }, 'home');
      await get(port, '/inventory');
      subsegment.close();
    });
    return 200;
  },
  '/inventory': async () => 200,
  '/broken': async () => {
    try {
      AWSXRay.captureFunc('query', () => {
        throw new TypeError('no such table');
      });
    } catch {
      return 500;
    }
  },
};

const server = http.createServer((request, response) => {
  AWSXRay.getNamespace().run(async () => {
    const segment = AWSXRay.middleware.traceRequestResponseCycle(request, response);
    AWSXRay.setSegment(segment);
    const page = pages[request.url] ?? (async () => 404);
    response.statusCode = await page(server.address().port);
    // So that the caller below knows which trace to name; the rule is on it when a central one decided.
    response.setHeader('X-Trace', segment.trace_id);
    response.setHeader('X-Rule', segment.aws?.xray?.rule_name ?? '');
    response.end('done');
  });
});

async function request(path, headers) {
  const reply = await get(server.address().port, path, headers);
  return { trace_id: reply.headers['x-trace'], rule: reply.headers['x-rule'], status: reply.statusCode };
}

server.listen(0, '127.0.0.1', async () => {
  // Calls from outside a request belong to no trace: the SDK shall not complain about it.
  AWSXRay.setContextMissingStrategy('IGNORE_ERROR');
  const sampled = { 'X-Amzn-Trace-Id': 'Sampled=1' };
  const told = { home: await request('/home', sampled), broken: await request('/broken', sampled) };
  told.missing = await request('/missing', sampled);
  told.unsampled = await request('/home', { 'X-Amzn-Trace-Id': 'Sampled=0' });
  // The first of these makes the SDK ask for the central rules; they decide once the answer is there.
  do told.ruled = await request('/inventory');
  while (!told.ruled.rule);
  console.log(JSON.stringify(told));
  process.stdin.resume().on('end', () => {
    server.close();
    server.closeAllConnections();
  });
});
