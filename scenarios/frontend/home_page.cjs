// The page of the home feed, as far as its telemetry goes: home_page.cjs BACKEND-URL PATH SETTINGS. Two spans (HomeFeedPage >
// load_data), a fetch that hands on the trace after the preflight that a browser would send, and an export as JSON.
// Service name, endpoint and headers come from the SDK's variables. SETTINGS is JSON: `exporter`, what the code gives the
// exporter, and `propagates`, whether the backend's URL is one to hand the trace on to. Prints one line of JSON.
const { SpanKind, ROOT_CONTEXT, trace } = require('@opentelemetry/api');
const { OTLPTraceExporter } = require('@opentelemetry/exporter-trace-otlp-http');
const { detectResources, envDetector } = require('@opentelemetry/resources');
const { BasicTracerProvider, BatchSpanProcessor } = require('@opentelemetry/sdk-trace-base');

const [backend, path, settings] = process.argv.slice(2);
const { exporter = {}, propagates = true } = JSON.parse(settings);
const origin = 'http://localhost:3000';
const provider = new BasicTracerProvider({
  resource: detectResources({ detectors: [envDetector] }),
  spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter(exporter))],
});
const tracer = provider.getTracer('home.page');

async function preflight(url) {
  const reply = await fetch(url, {
    method: 'OPTIONS',
    headers: {
      Origin: origin,
      'Access-Control-Request-Method': 'GET',
      'Access-Control-Request-Headers': 'traceparent',
    },
  });
  return (reply.headers.get('access-control-allow-headers') ?? '').split(', ').includes('traceparent');
}

async function load(span) {
  const { traceId, spanId } = span.spanContext();
  const headers = { Origin: origin, 'X-Amzn-Trace-Id': 'Sampled=1' };
  const allowed = await preflight(backend + path);
  // A browser would send no request at all; the page goes on without the trace, so that the difference shows.
  if (allowed && propagates) headers.traceparent = `00-${traceId}-${spanId}-01`;
  const reply = await fetch(backend + path, { headers });
  await reply.text();
  span.setAttribute('http.status_code', reply.status);
  return { allowed, status: reply.status, xray: reply.headers.get('x-amzn-trace-id') };
}

async function main() {
  const page = tracer.startSpan('HomeFeedPage', { attributes: { 'app.userId': 'andrewbrown' } }, ROOT_CONTEXT);
  const fetching = tracer.startSpan('load_data', { kind: SpanKind.CLIENT }, trace.setSpan(ROOT_CONTEXT, page));
  const loaded = await load(fetching);
  fetching.end();
  page.end();
  let refused = null; // the status that the exporter gave up on
  await provider.shutdown().catch((error) => {
    refused = error.code;
  });
  console.log(JSON.stringify({ page: page.spanContext(), fetch: fetching.spanContext(), ...loaded, refused }));
}

main();
