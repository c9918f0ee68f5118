// What the page does, whatever the SDK's version. `told` resolves when its spans have ended; with `flush` they have also
// been given to the exporter, without it they wait for the page to be left.

// Tells when as many spans have ended as the page has.
class Watcher {
  constructor(count) {
    this.ended = new Promise((resolve) => {
      this.end = () => --count === 0 && resolve();
    });
  }
  onStart() {}
  onEnd() {
    this.end();
  }
  forceFlush() {
    return Promise.resolve();
  }
  shutdown() {
    return Promise.resolve();
  }
}

function byFetch(url) {
  return fetch(url).then((reply) => reply.text().then(() => reply.status));
}

function byXhr(url) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('GET', url);
    request.onload = () => resolve(request.status);
    request.onerror = () => reject(new TypeError('the request failed'));
    request.send();
  });
}

const ids = (span) => ({ traceId: span.spanContext().traceId, spanId: span.spanContext().spanId });

// What the page can read of Honeycomb's own API with its key.
function ask({ method = 'GET', path, body }) {
  const { endpoint, headers } = window.settings;
  const options = { method, headers: { ...headers, 'Content-Type': 'application/json' }, body };
  return fetch(new URL(path, endpoint), options).then(
    (reply) => reply.text().then((text) => ({ path, status: reply.status, text })),
    (error) => ({ path, error: String(error) }),
  );
}

async function load({ trace, context, error }, tracer, page) {
  const { backend, means } = window.settings;
  const span = tracer.startSpan('load_data', {}, trace.setSpan(context.active(), page));
  const told = ids(span);
  await context.with(trace.setSpan(context.active(), span), () =>
    (means === 'xhr' ? byXhr : byFetch)(`${backend}/api/activities/home`).then(
      (status) => {
        span.setAttribute('http.status_code', status);
        told.status = status;
      },
      (failure) => {
        span.recordException(failure);
        span.setStatus({ code: error, message: failure.message });
        told.failure = failure.message;
      },
    ),
  );
  span.end();
  return told;
}

async function visit(sdk) {
  const { flush, questions } = window.settings;
  const watcher = new Watcher(3); // the third is the instrumentation's
  const provider = sdk.start(watcher);
  const tracer = sdk.trace.getTracer('home.page', '1.0.0');
  const page = tracer.startSpan('HomeFeedPage', { attributes: { 'app.userId': 'andrewbrown', umlaut: 'äöü😀' } });
  const told = { page: ids(page), load: await load(sdk, tracer, page) };
  page.end();
  await watcher.ended;
  if (flush) await provider.forceFlush().catch((error) => (told.refused = String(error.message || error)));
  told.answers = await Promise.all((questions ?? []).map(ask));
  return told;
}

export function home(sdk) {
  window.told = visit(sdk);
}
