import ca.pjer.logback.AwsLogsAppender;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.cloudwatchlogs.CloudWatchLogsClient;
import software.amazon.awssdk.services.cloudwatchlogs.model.FilteredLogEvent;
import software.amazon.awssdk.services.cloudwatchlogs.model.ResourceNotFoundException;

/** logback's appender over the AWS SDK for Java 2, which also reads back what arrived. */
final class LogShipping {
  private static final String GROUP = "cruddur-java";
  private static final String STREAM = "web";

  /** Batches, a line on its own, a line after the group was deleted under it. */
  static Object ship() throws Exception {
    PrintStream out = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    System.setErr(System.out);  // where the appender prints what failed
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.reset();

    AwsLogsAppender batches = appender(context, 50, 60_000);
    Logger log = context.getLogger("cruddur");
    log.addAppender(batches);
    // Behind 75 waiting lines (1.5 batches) the appender drops what is below WARN; a WARN line waits for room.
    log.warn("Grüße 😀");
    for (int i = 1; i < 120; ++i) log.warn("line {}", i);
    log.detachAppender(batches);
    batches.stop();

    AwsLogsAppender single = appender(context, 1, 0);
    log.addAppender(single);
    log.info("on its own");
    try (CloudWatchLogsClient client = CloudWatchLogsClient.create()) {
      List<String> read =
          client.filterLogEventsPaginator(r -> r.logGroupName(GROUP).limit(50)).events().stream()
              .map(FilteredLogEvent::message)
              .toList();
      int retention = client.describeLogGroups().logGroups().get(0).retentionInDays();
      client.deleteLogGroup(r -> r.logGroupName(GROUP));
      log.info("too late");
      single.stop();
      System.setOut(out);
      return Map.of(
          "read", read,
          "retention", retention,
          "again", deletedAgain(client),
          "printed", printed.toString(StandardCharsets.UTF_8));
    }
  }

  private static String deletedAgain(CloudWatchLogsClient client) {
    try {
      client.deleteLogGroup(r -> r.logGroupName(GROUP));
      return "";
    } catch (ResourceNotFoundException refused) {
      return refused.awsErrorDetails().errorMessage();
    }
  }

  private static AwsLogsAppender appender(LoggerContext context, int batch, long flush) {
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setContext(context);
    encoder.setPattern("%level %msg");
    encoder.start();
    AwsLogsAppender appender = new AwsLogsAppender();
    appender.setContext(context);
    appender.setEncoder(encoder);
    appender.setLogGroupName(GROUP);
    appender.setLogStreamName(STREAM);
    appender.setRetentionTimeDays(7);
    appender.setMaxBatchLogEvents(batch);
    appender.setMaxFlushTimeMillis(flush);
    appender.start();
    return appender;
  }
}
