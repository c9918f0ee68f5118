import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import java.util.List;
import java.util.Map;

/** One trace of a page and 600 small spans. The environment chooses transport and compression. */
final class OtlpTraces {
  static Object send() {
    OpenTelemetrySdk sdk =
        AutoConfiguredOpenTelemetrySdk.builder().disableShutdownHook().build().getOpenTelemetrySdk();
    Tracer tracer = sdk.getTracer("home.page", "1.0.0");
    Span page =
        tracer
            .spanBuilder("HomeFeedPage")
            .setNoParent()
            .setSpanKind(SpanKind.CLIENT)
            .setAttribute("app.userId", "andrewbrown")
            .setAttribute("items", 3)
            .setAttribute("ratio", 0.25)
            .setAttribute("cached", false)
            .setAttribute(AttributeKey.stringArrayKey("tags"), List.of("a", "b"))
            .setAttribute("umlaut", "äöü😀")
            .startSpan();
    Context inPage = Context.root().with(page);
    Span other = tracer.spanBuilder("previous page").setNoParent().startSpan();
    Span load =
        tracer
            .spanBuilder("load_data")
            .setParent(inPage)
            .addLink(other.getSpanContext(), Attributes.of(AttributeKey.stringKey("why"), "came from"))
            .startSpan();
    load.addEvent("answered", Attributes.of(AttributeKey.longKey("http.response.status_code"), 500L));
    load.recordException(new IndexOutOfBoundsException("home feed did not load"));
    load.setStatus(StatusCode.ERROR, "home feed did not load");
    load.end();
    for (int i = 0; i < 600; ++i) {
      tracer.spanBuilder("row " + i).setParent(inPage).setAttribute("row", i).startSpan().end();
    }
    other.end();
    page.end();
    sdk.close();
    return Map.of("page", idsOf(page), "load", idsOf(load), "other", idsOf(other));
  }

  static Map<String, String> idsOf(Span span) {
    return Map.of("traceId", span.getSpanContext().getTraceId(), "spanId", span.getSpanContext().getSpanId());
  }
}
