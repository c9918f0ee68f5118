package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	logs "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
)

var (
	group  = aws.String("cruddur-go")
	stream = aws.String("web/1")
)

func logsClient(ctx context.Context) (*logs.Client, error) {
	settings, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return nil, err
	}
	return logs.NewFromConfig(settings), nil
}

// An error as the caller's code would tell it apart: by its type.
func isA[E error](err error) bool {
	var typed E
	return errors.As(err, &typed)
}

func put(ctx context.Context, client *logs.Client, first time.Time, messages []string) (*logs.PutLogEventsOutput, error) {
	events := make([]types.InputLogEvent, len(messages))
	for i, message := range messages {
		events[i] = types.InputLogEvent{Timestamp: aws.Int64(first.UnixMilli() + int64(i)), Message: aws.String(message)}
	}
	return client.PutLogEvents(ctx, &logs.PutLogEventsInput{LogGroupName: group, LogStreamName: stream, LogEvents: events})
}

// What a log shipper does: group, stream, two batches, and what it reads back.
func cloudwatchLogs([]string) error {
	ctx := context.Background()
	client, err := logsClient(ctx)
	if err != nil {
		return err
	}
	now := time.Now()
	told := map[string]any{"now": now.UnixMilli()}

	if _, err := client.CreateLogGroup(ctx, &logs.CreateLogGroupInput{LogGroupName: group}); err != nil {
		return err
	}
	_, err = client.CreateLogGroup(ctx, &logs.CreateLogGroupInput{LogGroupName: group})
	told["second_group"] = isA[*types.ResourceAlreadyExistsException](err)
	_, err = put(ctx, client, now, []string{"too early"})
	told["without_stream"] = isA[*types.ResourceNotFoundException](err)
	if _, err := client.CreateLogStream(ctx, &logs.CreateLogStreamInput{LogGroupName: group, LogStreamName: stream}); err != nil {
		return err
	}

	first := []string{"GET /api/activities/home 200", `{"level":"error","status":500}`, "Grüße 😀"}
	told["first"] = first
	answer, err := put(ctx, client, now, first)
	if err != nil {
		return err
	}
	told["put"] = map[string]bool{"token": answer.NextSequenceToken != nil, "rejected": answer.RejectedLogEventsInfo != nil}
	many := make([]string, 1000)
	for i := range many {
		many[i] = fmt.Sprintf("line %d", i)
	}
	if _, err := put(ctx, client, now.Add(10*time.Millisecond), many); err != nil {
		return err
	}
	if err := readBack(ctx, client, now, told); err != nil {
		return err
	}
	return tell(told)
}

func readBack(ctx context.Context, client *logs.Client, now time.Time, told map[string]any) error {
	groups, err := client.DescribeLogGroups(ctx, &logs.DescribeLogGroupsInput{LogGroupNamePrefix: aws.String("cruddur")})
	if err != nil {
		return err
	}
	told["groups"] = textsOf(groups.LogGroups, func(one types.LogGroup) *string { return one.LogGroupName })
	streams, err := client.DescribeLogStreams(ctx, &logs.DescribeLogStreamsInput{LogGroupName: group})
	if err != nil {
		return err
	}
	told["streams"] = textsOf(streams.LogStreams, func(one types.LogStream) *string { return one.LogStreamName })
	// The pager ends where the service gives the same token twice.
	read := []string{}
	pages := logs.NewGetLogEventsPaginator(client, &logs.GetLogEventsInput{
		LogGroupName: group, LogStreamName: stream, StartFromHead: aws.Bool(true), Limit: aws.Int32(400),
	}, func(options *logs.GetLogEventsPaginatorOptions) { options.StopOnDuplicateToken = true })
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		read = append(read, textsOf(page.Events, func(one types.OutputLogEvent) *string { return one.Message })...)
	}
	told["read"] = read
	filtered, err := client.FilterLogEvents(ctx, &logs.FilterLogEventsInput{
		LogGroupName: group, EndTime: aws.Int64(now.UnixMilli() + 2),
	})
	if err != nil {
		return err
	}
	told["filtered"] = textsOf(filtered.Events, func(one types.FilteredLogEvent) *string { return one.Message })
	return nil
}

func textsOf[T any](values []T, text func(T) *string) []string {
	texts := make([]string, len(values))
	for i, value := range values {
		texts[i] = aws.ToString(text(value))
	}
	return texts
}

// What a shipper meets on a bad day: throttled once (the SDK tries again by itself), a batch over the limit, too old an
// event, and the group deleted under it.
func cloudwatchLogsRefused([]string) error {
	ctx := context.Background()
	client, err := logsClient(ctx)
	if err != nil {
		return err
	}
	now := time.Now()
	told := map[string]any{}
	if _, err := client.CreateLogGroup(ctx, &logs.CreateLogGroupInput{LogGroupName: group}); err != nil {
		return err
	}
	if _, err := client.CreateLogStream(ctx, &logs.CreateLogStreamInput{LogGroupName: group, LogStreamName: stream}); err != nil {
		return err
	}
	_, err = put(ctx, client, now, []string{"throttled once"})
	told["throttled"] = err == nil
	_, err = put(ctx, client, now, slices.Repeat([]string{"one of too many"}, 10001))
	told["too_many"] = isA[*types.InvalidParameterException](err)
	old, err := put(ctx, client, now.Add(-15*24*time.Hour), []string{"too old"})
	told["too_old"] = err == nil && old.RejectedLogEventsInfo != nil && aws.ToInt32(old.RejectedLogEventsInfo.TooOldLogEventEndIndex) == 1
	if _, err := client.DeleteLogGroup(ctx, &logs.DeleteLogGroupInput{LogGroupName: group}); err != nil {
		return err
	}
	_, err = put(ctx, client, now, []string{"too late"})
	told["deleted"] = isA[*types.ResourceNotFoundException](err)
	return tell(told)
}
