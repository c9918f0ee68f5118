// What a shipper meets on a bad day: throttled (the SDK tries again by itself), a batch over the limit, one that is out of
// order, too old an event, and the group deleted under it. Prints what the SDK made of each.
const sdk = require('@aws-sdk/client-cloudwatch-logs');

const logGroupName = 'cruddur-node';
const stream = { logGroupName, logStreamName: 'web/1' };

async function main() {
  const client = new sdk.CloudWatchLogsClient({});
  const now = Date.now();
  const put = (logEvents) =>
    client.send(new sdk.PutLogEventsCommand({ ...stream, logEvents })).then(
      (answer) => ({ rejected: answer.rejectedLogEventsInfo ?? null, attempts: answer.$metadata.attempts }),
      (error) => ({ name: error.name, message: error.message.slice(-120), typed: error instanceof (sdk[error.name] ?? Error) }),
    );
  const at = (timestamp, message) => ({ timestamp, message });

  await client.send(new sdk.CreateLogGroupCommand({ logGroupName }));
  await client.send(new sdk.CreateLogStreamCommand(stream));
  const told = {
    throttled: await put([at(now, 'throttled twice')]),
    too_many: await put(Array.from({ length: 10001 }, () => at(now, 'one of too many'))),
    unordered: await put([at(now, 'later'), at(now - 1000, 'earlier')]),
    too_old: await put([at(now - 15 * 86400000, 'too old')]),
  };
  await client.send(new sdk.DeleteLogGroupCommand({ logGroupName }));
  told.deleted = await put([at(now, 'too late')]);
  client.destroy();
  console.log(JSON.stringify(told));
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
