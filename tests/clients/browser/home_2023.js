// The same page with the versions of the seeds' frontend: the spans leave by XMLHttpRequest where the exporter was given
// headers, else by sendBeacon.
import { context, SpanStatusCode, trace } from '@opentelemetry/api';
import { ZoneContextManager } from '2023-context-zone';
import { OTLPTraceExporter } from '2023-exporter-trace-otlp-http';
import { registerInstrumentations } from '2023-instrumentation';
import { XMLHttpRequestInstrumentation } from '2023-instrumentation-xml-http-request';
import { Resource } from '2023-resources';
import { BatchSpanProcessor, WebTracerProvider } from '2023-sdk-trace-web';
import { home } from './home.js';

const { endpoint, headers, backend } = window.settings;

home({
  trace,
  context,
  error: SpanStatusCode.ERROR,
  start(watcher) {
    const provider = new WebTracerProvider({ resource: new Resource({ 'service.name': 'frontend-react-js' }) });
    provider.addSpanProcessor(watcher);
    provider.addSpanProcessor(new BatchSpanProcessor(new OTLPTraceExporter({ url: endpoint, headers })));
    provider.register({ contextManager: new ZoneContextManager() });
    registerInstrumentations({
      instrumentations: [
        new XMLHttpRequestInstrumentation({
          propagateTraceHeaderCorsUrls: [new RegExp(`^${backend}`)],
          ignoreUrls: [new RegExp(`^${new URL(endpoint).origin}`)],
        }),
      ],
    });
    return provider;
  },
});
