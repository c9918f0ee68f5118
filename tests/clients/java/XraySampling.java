import com.amazonaws.xray.AWSXRay;
import com.amazonaws.xray.AWSXRayRecorder;
import com.amazonaws.xray.entities.Segment;
import com.amazonaws.xray.entities.TraceID;
import com.amazonaws.xray.strategy.sampling.SamplingRequest;
import com.amazonaws.xray.strategy.sampling.SamplingResponse;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Requests for a path, as many as each line of standard input asks for, whose sampling the central rules decide. Each answer
 * tells how many were sampled.
 */
final class XraySampling {
  private static final String NAME = "java-backend";
  private static final AWSXRayRecorder RECORDER = AWSXRay.getGlobalRecorder();

  static Object byXraySdk() throws Exception {
    answer(XraySampling::segmentIsSampled);
    return null;
  }

  /** The sampler stands in OTEL_TRACES_SAMPLER. */
  static Object byOpenTelemetry() throws Exception {
    try (OpenTelemetrySdk sdk =
        AutoConfiguredOpenTelemetrySdk.builder().disableShutdownHook().build().getOpenTelemetrySdk()) {
      Tracer tracer = sdk.getTracer("requests");
      answer(path -> spanIsSampled(tracer, path));
    }
    return null;
  }

  private static void answer(Predicate<String> isSampled) throws Exception {
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      JsonNode asked = new ObjectMapper().readTree(line);
      int sampled = 0;
      for (int i = 0; i < asked.get("count").asInt(); ++i) {
        if (isSampled.test(asked.get("path").asText())) ++sampled;
      }
      Clients.tell(Map.of("sampled", sampled));
    }
  }

  private static boolean segmentIsSampled(String path) {
    SamplingResponse decision =
        RECORDER.getSamplingStrategy().shouldTrace(new SamplingRequest(NAME, "backend", path, "GET", null));
    Segment segment = RECORDER.beginSegment(NAME, TraceID.create(RECORDER), null);
    segment.setSampled(decision.isSampled());
    decision.getRuleName().ifPresent(segment::setRuleName);
    RECORDER.endSegment();
    return decision.isSampled();
  }

  private static boolean spanIsSampled(Tracer tracer, String path) {
    Span span =
        tracer
            .spanBuilder("GET")
            .setNoParent()
            .setSpanKind(SpanKind.SERVER)
            // The sampler does not read their younger names, url.path and http.request.method.
            .setAttribute(AttributeKey.stringKey("http.target"), path)
            .setAttribute(AttributeKey.stringKey("http.method"), "GET")
            .startSpan();
    span.end();
    return span.getSpanContext().isSampled();
  }
}
