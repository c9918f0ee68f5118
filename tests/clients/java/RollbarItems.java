import com.rollbar.api.payload.Payload;
import com.rollbar.api.payload.data.Person;
import com.rollbar.api.payload.data.Request;
import com.rollbar.notifier.Rollbar;
import com.rollbar.notifier.config.ConfigBuilder;
import com.rollbar.notifier.sender.BufferedSender;
import com.rollbar.notifier.sender.SyncSender;
import com.rollbar.notifier.sender.listener.SenderListener;
import com.rollbar.notifier.sender.result.Response;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

final class RollbarItems {
  private static final long HOUR_MS = 3_600_000;
  private static final List<Map<String, Object>> ANSWERS = new CopyOnWriteArrayList<>();

  /** An exception with its cause, request, person and custom data; a message; an uncaught exception of a thread. */
  static Object send() throws Exception {
    Rollbar rollbar = new Rollbar(config().build());
    IllegalStateException error = new IllegalStateException("home feed did not load", new RuntimeException("no such table"));
    rollbar.error(error, Map.of("rows", 3, "tags", List.of("a", "b")));
    rollbar.warning("Hello Wörld!", Map.of("rows", 0));
    Thread thread = new Thread(RollbarItems::fail);
    rollbar.handleUncaughtErrors(thread);
    thread.start();
    thread.join();
    rollbar.close(true);
    return ANSWERS;
  }

  /** A message before the process ends; what the server makes of it is the caller's affair. */
  static Object sendOne() throws Exception {
    return send(config(), "is anybody there?");
  }

  /** It shortens nothing unless it is told to. */
  static Object sendTooLarge() throws Exception {
    return send(config(), "x".repeat(400_000));
  }

  /** A person that lacks its id. */
  static Object sendInvalid() throws Exception {
    return send(config().person(() -> new Person.Builder().username("andrewbrown").build()), "a person without id");
  }

  /** The process ends before the queue is flushed: every 5 s unless it is told otherwise, here never on a slow machine. */
  static Object exit() {
    BufferedSender.Builder never = new BufferedSender.Builder().initialFlushDelay(HOUR_MS).flushFreq(HOUR_MS);
    new Rollbar(config(never).build()).error("the last words");
    return ANSWERS;
  }

  private static Object send(ConfigBuilder config, String message) throws Exception {
    Rollbar rollbar = new Rollbar(config.build());
    rollbar.error(message);
    rollbar.close(true);
    return ANSWERS;
  }

  private static void fail() {
    throw new UnsupportedOperationException("nobody catches this");
  }

  private static ConfigBuilder config() {
    return config(new BufferedSender.Builder());
  }

  private static ConfigBuilder config(BufferedSender.Builder buffered) {
    String token = System.getenv("ROLLBAR_ACCESS_TOKEN");
    // What the SDK makes by itself, but with a listener.
    BufferedSender sender =
        buffered
            .sender(new SyncSender.Builder().accessToken(token).url(System.getenv("ROLLBAR_ENDPOINT")).build())
            .build();
    sender.addListener(new Listener());
    return ConfigBuilder.withAccessToken(token)
        .sender(sender)
        .environment("test")
        .codeVersion("1.2.3")
        .person(() -> new Person.Builder().id("1001").username("andrewbrown").email("andrew@example.com").build())
        .request(
            () ->
                new Request.Builder()
                    .url("http://localhost:4567/api/activities?term=a")
                    .method("POST")
                    .headers(Map.of("Content-Type", "application/json"))
                    .get(Map.of("term", List.of("a")))
                    .userIp("203.0.113.9")
                    .build());
  }

  private static final class Listener implements SenderListener {
    @Override
    public void onResponse(Payload payload, Response response) {
      ANSWERS.add(
          Map.of(
              "status", response.getStatus(),
              "err", response.getResult().getErr(),
              "content", String.valueOf(response.getResult().getContent())));
    }

    @Override
    public void onError(Payload payload, Exception error) {
      ANSWERS.add(Map.of("error", String.valueOf(error)));
    }
  }
}
