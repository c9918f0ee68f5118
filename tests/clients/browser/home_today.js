// The home page with OpenTelemetry's web SDK of today: HomeFeedPage > load_data > a call of the backend, whose fetch or
// XMLHttpRequest is instrumented and hands on the trace; the spans leave by fetch.
import { context, SpanStatusCode, trace } from '@opentelemetry/api';
import { ZoneContextManager } from '@opentelemetry/context-zone';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { FetchInstrumentation } from '@opentelemetry/instrumentation-fetch';
import { XMLHttpRequestInstrumentation } from '@opentelemetry/instrumentation-xml-http-request';
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, WebTracerProvider } from '@opentelemetry/sdk-trace-web';
import { home } from './home.js';

const { endpoint, headers, backend } = window.settings;

home({
  trace,
  context,
  error: SpanStatusCode.ERROR,
  start(watcher) {
    const provider = new WebTracerProvider({
      resource: defaultResource().merge(resourceFromAttributes({ 'service.name': 'frontend-react-js' })),
      spanProcessors: [watcher, new BatchSpanProcessor(new OTLPTraceExporter({ url: endpoint, headers }))],
    });
    provider.register({ contextManager: new ZoneContextManager() });
    const options = {
      propagateTraceHeaderCorsUrls: [new RegExp(`^${backend}`)],
      ignoreUrls: [new RegExp(`^${new URL(endpoint).origin}`)],
    };
    registerInstrumentations({
      instrumentations: [new FetchInstrumentation(options), new XMLHttpRequestInstrumentation(options)],
    });
    return provider;
  },
});
