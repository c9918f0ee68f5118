// Sends one trace of a page and 600 small spans: otlp.cjs PACKAGE, the exporter to use. Endpoint, headers, compression
// and resource come from the SDK's own variables. Prints the ids.
const { SpanKind, SpanStatusCode, ROOT_CONTEXT, trace } = require('@opentelemetry/api');
const { OTLPTraceExporter } = require(process.argv[2]);
const { detectResources, envDetector } = require('@opentelemetry/resources');
const { BasicTracerProvider, BatchSpanProcessor } = require('@opentelemetry/sdk-trace-base');

const provider = new BasicTracerProvider({
  resource: detectResources({ detectors: [envDetector] }),
  spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
});
const tracer = provider.getTracer('home.page', '1.0.0');

const page = tracer.startSpan(
  'HomeFeedPage',
  {
    kind: SpanKind.CLIENT,
    attributes: { 'app.userId': 'andrewbrown', items: 3, ratio: 0.25, cached: false, tags: ['a', 'b'], umlaut: 'äöü😀' },
  },
  ROOT_CONTEXT,
);
const inPage = trace.setSpan(ROOT_CONTEXT, page);
const other = tracer.startSpan('previous page', {}, ROOT_CONTEXT);
const load = tracer.startSpan(
  'load_data',
  { links: [{ context: other.spanContext(), attributes: { why: 'came from' } }] },
  inPage,
);
load.addEvent('answered', { 'http.response.status_code': 500 });
load.recordException(new RangeError('home feed did not load'));
load.setStatus({ code: SpanStatusCode.ERROR, message: 'home feed did not load' });
load.end();
for (let i = 0; i < 600; ++i) tracer.startSpan(`row ${i}`, { attributes: { row: i } }, inPage).end();
other.end();
page.end();

provider.shutdown().then(() => {
  const ids = (span) => span.spanContext();
  console.log(JSON.stringify({ page: ids(page), load: ids(load), other: ids(other) }));
});
