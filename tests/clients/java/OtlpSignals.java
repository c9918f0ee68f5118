import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.logs.Logger;
import io.opentelemetry.api.logs.Severity;
import io.opentelemetry.api.metrics.DoubleGauge;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import java.util.List;

/** Two log records and three instruments. */
final class OtlpSignals {
  static Object send() {
    OpenTelemetrySdk sdk =
        AutoConfiguredOpenTelemetrySdk.builder().disableShutdownHook().build().getOpenTelemetrySdk();
    Logger logger = sdk.getLogsBridge().get("home.page");
    for (Severity severity : List.of(Severity.INFO, Severity.ERROR)) {
      logger
          .logRecordBuilder()
          .setSeverity(severity)
          .setSeverityText(severity.name())
          .setBody("GET /api/activities/home")
          .setAttribute(AttributeKey.longKey("http.response.status_code"), 200L)
          .setAttribute(AttributeKey.stringArrayKey("tags"), List.of("a"))
          .emit();
    }
    Meter meter = sdk.getMeter("home.page");
    LongCounter requests = meter.counterBuilder("requests").build();
    DoubleHistogram duration = meter.histogramBuilder("duration").setUnit("ms").build();
    DoubleGauge temperature = meter.gaugeBuilder("temperature").build();
    Attributes route = Attributes.of(AttributeKey.stringKey("http.route"), "/home");
    for (int i = 0; i < 3; ++i) {
      requests.add(1, route);
      duration.record(i * 10.0, route);
    }
    temperature.set(21.5);
    sdk.close();
    return "sent";
  }
}
