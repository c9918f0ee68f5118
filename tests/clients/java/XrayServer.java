import com.amazonaws.xray.AWSXRay;
import com.amazonaws.xray.AWSXRayRecorder;
import com.amazonaws.xray.entities.Segment;
import com.amazonaws.xray.entities.TraceHeader;
import com.amazonaws.xray.entities.TraceHeader.SampleDecision;
import com.amazonaws.xray.entities.TraceID;
import com.amazonaws.xray.proxies.apache.http.HttpClientBuilder;
import com.amazonaws.xray.strategy.sampling.SamplingRequest;
import com.amazonaws.xray.strategy.sampling.SamplingResponse;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Executors;
import org.apache.http.client.methods.HttpGet;
import org.apache.http.impl.client.CloseableHttpClient;
import org.apache.http.util.EntityUtils;

/**
 * A small web server, traced by the SDK, that calls itself through the SDK's Apache client. Tells
 * the trace ids of its requests, then serves until standard input ends.
 */
final class XrayServer {
  private static final String NAME = "java-backend";
  private static final AWSXRayRecorder RECORDER = AWSXRay.getGlobalRecorder();

  static Object serve() throws Exception {
    HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newCachedThreadPool());
    server.createContext("/", XrayServer::answer);
    server.start();
    String base = "http://127.0.0.1:" + server.getAddress().getPort();

    Map<String, Object> told = new LinkedHashMap<>();
    told.put("home", request(base, "/home", "Sampled=1"));
    told.put("broken", request(base, "/broken", "Sampled=1"));
    told.put("missing", request(base, "/missing", "Sampled=1"));
    told.put("unsampled", request(base, "/home", "Sampled=0"));
    String root = TraceID.create(RECORDER).toString();
    told.put("downstream", request(base, "/inventory", "Root=" + root + ";Parent=53995c3f42cd8ad8;Sampled=1"));
    // The first of these makes the SDK ask for the central rules; they decide once the answer is there.
    Map<String, String> ruled;
    do {
      ruled = request(base, "/inventory", "");
    } while (ruled.get("rule").isEmpty());
    told.put("ruled", ruled);
    Clients.tell(told);
    System.in.readAllBytes();
    server.stop(0);
    return null;
  }

  /** A request from outside. */
  private static Map<String, String> request(String base, String path, String header) throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path));
    if (!header.isEmpty()) request.header(TraceHeader.HEADER_KEY, header);
    HttpResponse<String> reply =
        HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
    return Map.of(
        "trace_id", reply.headers().firstValue("X-Trace").orElse(""),
        "rule", reply.headers().firstValue("X-Rule").orElse(""));
  }

  private static void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    String host = exchange.getRequestHeaders().getFirst("Host");
    TraceHeader incoming = TraceHeader.fromString(exchange.getRequestHeaders().getFirst(TraceHeader.HEADER_KEY));
    SampleDecision sampled = incoming.getSampled();
    boolean upstream = sampled == SampleDecision.SAMPLED || sampled == SampleDecision.NOT_SAMPLED;
    SamplingResponse decision =
        upstream
            ? new SamplingResponse(sampled == SampleDecision.SAMPLED)
            : RECORDER.getSamplingStrategy().shouldTrace(new SamplingRequest(NAME, host, path, "GET", null));
    TraceID trace = incoming.getRootTraceId() == null ? TraceID.create(RECORDER) : incoming.getRootTraceId();
    exchange.getResponseHeaders().set("X-Trace", trace.toString());
    exchange.getResponseHeaders().set("X-Rule", decision.getRuleName().orElse(""));

    Segment segment = RECORDER.beginSegment(NAME, trace, incoming.getParentId());
    segment.setSampled(decision.isSampled());
    decision.getRuleName().ifPresent(segment::setRuleName);
    segment.putHttp("request", Map.of("method", "GET", "url", "http://" + host + path));
    int status = page(path, "http://" + host);
    segment.putHttp("response", Map.of("status", status));
    segment.setFault(status >= 500);
    segment.setError(status >= 400 && status < 500);
    RECORDER.endSegment();
    exchange.sendResponseHeaders(status, -1);
    exchange.close();
  }

  private static int page(String path, String base) {
    switch (path) {
      case "/home":
        AWSXRay.createSubsegment(
            "mock-data",
            subsegment -> {
              subsegment.putAnnotation("results", 3);
              subsegment.putMetadata("home", "now", Map.of("day", "Saturday"));
              call(base + "/inventory");
            });
        return 200;
      case "/broken":
        try {
          AWSXRay.createSubsegment("query", (Runnable) XrayServer::query);
        } catch (IllegalStateException broken) {
          return 500;
        }
        return 200;
      case "/inventory":
        return 200;
      default:
        return 404;
    }
  }

  private static void query() {
    throw new IllegalStateException("no such table");
  }

  private static void call(String url) {
    try (CloseableHttpClient client = HttpClientBuilder.create().build()) {
      EntityUtils.consume(client.execute(new HttpGet(url)).getEntity());
    } catch (IOException error) {
      throw new IllegalStateException(error);
    }
  }
}
