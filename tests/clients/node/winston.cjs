// winston-cloudwatch through its normal life: start, a batch that is throttled, a group deleted under it, a batch beyond
// the limits, stop. Prints what its error handler was told.
const winston = require('winston');
const WinstonCloudWatch = require('winston-cloudwatch');
const { CloudWatchLogs } = require('@aws-sdk/client-cloudwatch-logs');

const logGroupName = 'cruddur-winston';

async function main() {
  const told = { errors: [] };
  const transport = new WinstonCloudWatch({
    name: 'cloudwatch',
    logGroupName,
    logStreamName: 'web',
    retentionInDays: 14,
    jsonMessage: true,
    uploadRate: 3600000, // batches are sent by `submit` alone
    errorHandler: (error) => told.errors.push(error.name),
  });
  const logger = winston.createLogger({ transports: [transport] });
  const submit = () =>
    new Promise((resolve) => transport.submit((error) => resolve(error ? `${error.name}: ${error.message}` : null)));

  logger.info('home', { path: '/api/activities/home' });
  logger.warn('Grüße 😀');
  told.throttled = await submit();

  await new CloudWatchLogs({}).deleteLogGroup({ logGroupName });
  logger.error('after the group was deleted');
  told.deleted = await submit();

  for (let i = 0; i < 10001; ++i) logger.info(`${i}`);
  told.too_many = await submit();

  logger.info('the last line');
  await new Promise((resolve) => transport.kthxbye(resolve));
  console.log(JSON.stringify(told));
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
