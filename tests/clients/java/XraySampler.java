import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.contrib.awsxray.AwsXrayIdGenerator;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import java.util.Map;

/**
 * Requests whose sampling the rules of X-Ray decide, with X-Ray's ids: a rule samples all, one with an attribute none. Tells
 * how many were sampled, then lives until standard input ends.
 */
final class XraySampler {
  private static final int PLAIN = 20;
  private static final int GOLD = 10;

  static Object sample() throws Exception {
    OpenTelemetrySdk sdk =
        AutoConfiguredOpenTelemetrySdk.builder()
            .disableShutdownHook()
            .addTracerProviderCustomizer((provider, config) -> provider.setIdGenerator(AwsXrayIdGenerator.getInstance()))
            .build()
            .getOpenTelemetrySdk();
    Tracer tracer = sdk.getTracer("home.page");
    // Before the rules are there, one a second is sampled and one of twenty.
    while (sampled(tracer, "probe", "none", PLAIN) < PLAIN) Thread.yield();
    int plain = sampled(tracer, "plain", "none", PLAIN);
    int gold = sampled(tracer, "gold", "gold", GOLD);
    Clients.tell(Map.of("plain", plain, "gold", gold));
    System.in.readAllBytes();
    sdk.close();
    return null;
  }

  private static int sampled(Tracer tracer, String name, String tier, int count) {
    int sampled = 0;
    for (int i = 0; i < count; ++i) {
      Span span = tracer.spanBuilder(name).setNoParent().setAttribute("tier", tier).startSpan();
      if (span.getSpanContext().isSampled()) ++sampled;
      span.end();
    }
    return sampled;
  }
}
