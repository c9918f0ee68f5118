import static java.util.Map.entry;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The vendors' own Java SDKs, unmodified, for the tests of tests/clients: Clients NAME. Each story prints what it did and
 * what its SDK made of the answers, as one line of JSON. Endpoints and keys come from the SDKs' own variables.
 */
public final class Clients {
  interface Story {
    Object tell() throws Exception;
  }

  private static final Map<String, Story> STORIES =
      Map.ofEntries(
          entry("log-shipping", () -> LogShipping.ship()),  // loaded where its logback is
          entry("otlp", OtlpTraces::send),
          entry("otlp-signals", OtlpSignals::send),
          entry("rollbar", RollbarItems::send),
          entry("rollbar-exits", RollbarItems::exit),
          entry("rollbar-invalid", RollbarItems::sendInvalid),
          entry("rollbar-refused", RollbarItems::sendOne),
          entry("rollbar-too-large", RollbarItems::sendTooLarge),
          entry("xray", XrayServer::serve),
          entry("xray-sampler", XraySampler::sample),
          entry("xray-sampling", XraySampling::byXraySdk),
          entry("xray-sampling-otel", XraySampling::byOpenTelemetry));

  // Held, as java.util.logging holds loggers weakly.
  private static final Logger SENDER = Logger.getLogger("com.rollbar.notifier.sender");

  public static void main(String[] arguments) throws Exception {
    // On standard error, where it fails a test. Below that they tell of their normal life.
    Logger.getLogger("").setLevel(Level.WARNING);
    // What this one logs, its listener hears.
    SENDER.setLevel(Level.OFF);
    Object told = STORIES.get(arguments[0]).tell();
    if (told != null) tell(told);
    System.exit(0);
  }

  static void tell(Object what) throws Exception {
    System.out.println(new ObjectMapper().writeValueAsString(what));
  }
}
