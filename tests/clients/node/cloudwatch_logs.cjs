// What a log shipper does with the AWS SDK: group, stream, two batches, and what it reads back. Prints what the SDK
// made of the answers.
const sdk = require('@aws-sdk/client-cloudwatch-logs');

async function main() {
  const client = new sdk.CloudWatchLogsClient({});
  const logGroupName = 'cruddur-node';
  const logStreamName = 'web/1';
  const stream = { logGroupName, logStreamName };
  const now = Date.now();
  const told = {};

  await client.send(new sdk.CreateLogGroupCommand({ logGroupName }));
  const again = await client.send(new sdk.CreateLogGroupCommand({ logGroupName })).catch((error) => error);
  told.second_group = { name: again.name, typed: again instanceof sdk.ResourceAlreadyExistsException };
  const early = await client
    .send(new sdk.PutLogEventsCommand({ ...stream, logEvents: [{ timestamp: now, message: 'too early' }] }))
    .catch((error) => error);
  told.without_stream = { name: early.name, typed: early instanceof sdk.ResourceNotFoundException };
  await client.send(new sdk.CreateLogStreamCommand(stream));

  const first = ['GET /api/activities/home 200', '{"level":"error","status":500}', 'Grüße 😀'];
  const put = await client.send(
    new sdk.PutLogEventsCommand({
      ...stream,
      logEvents: first.map((message, i) => ({ timestamp: now + i, message })),
    }),
  );
  told.put = { token: typeof put.nextSequenceToken, rejected: put.rejectedLogEventsInfo ?? null };
  const many = Array.from({ length: 1000 }, (_, i) => ({ timestamp: now + 10 + i, message: `line ${i}` }));
  await client.send(new sdk.PutLogEventsCommand({ ...stream, logEvents: many }));

  const groups = await client.send(new sdk.DescribeLogGroupsCommand({ logGroupNamePrefix: 'cruddur' }));
  told.groups = groups.logGroups.map((group) => group.logGroupName);
  const streams = await client.send(new sdk.DescribeLogStreamsCommand({ logGroupName }));
  told.streams = streams.logStreams.map((one) => one.logStreamName);
  const read = await client.send(new sdk.GetLogEventsCommand({ ...stream, startFromHead: true, limit: 3 }));
  told.read = read.events.map((event) => event.message);
  const filtered = await client.send(new sdk.FilterLogEventsCommand({ logGroupName, endTime: now + 2 }));
  told.filtered = filtered.events.map((event) => event.message);
  console.log(JSON.stringify({ ...told, now, first }));
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
