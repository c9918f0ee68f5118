// Preloaded by NODE_OPTIONS: UNDERSTUDY_HOSTS says at which local port a host's port 443 is. Only where a socket
// connects to is replaced, as a container network or /etc/hosts would do it; names in TLS and HTTP stay as they are.
const net = require('node:net');

const doors = new Map((process.env.UNDERSTUDY_HOSTS ?? '').split(',').map((one) => one.split('=')));
const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function (...given) {
  const options = Array.isArray(given[0]) ? given[0][0] : given[0];
  if (options && doors.has(options.host) && Number(options.port) === 443) {
    options.port = Number(doors.get(options.host));
    options.host = '127.0.0.1';
  }
  return connect.apply(this, given);
};
