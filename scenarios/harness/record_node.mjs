// Sends a small trace as OTLP/JSON with the real exporter: node record_node.mjs http://127.0.0.1:4318
import { SpanKind, SpanStatusCode, context, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';

const exporter = new OTLPTraceExporter({
  url: `${process.argv[2]}/v1/traces`,
  headers: { 'x-honeycomb-team': 'abcdefghij1234567890ab' },
});
const provider = new BasicTracerProvider({
  resource: resourceFromAttributes({ 'service.name': 'frontend-react-js' }),
  spanProcessors: [new BatchSpanProcessor(exporter)],
});
const tracer = provider.getTracer('home.page', '1.0.0');

const page = tracer.startSpan('HomeFeedPage', {
  kind: SpanKind.CLIENT,
  attributes: { 'app.userId': 'andrewbrown', items: 3, ratio: 0.25, cached: false, tags: ['a', 'b'] },
});
const load = tracer.startSpan('load_data', {}, trace.setSpan(context.active(), page));
load.addEvent('answered', { 'http.response.status_code': 500 });
load.recordException(new Error('home feed did not load'));
load.setStatus({ code: SpanStatusCode.ERROR, message: 'home feed did not load' });
load.end();
page.end();
await provider.shutdown();
