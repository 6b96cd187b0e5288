// Options that `resume` does not have, with the advice for each: names from Socket.IO, SignalR, Azure Web PubSub and
// Centrifugo.

export const resumeElsewhere: Readonly<Record<string, string>> = {
  maxDisconnectionDuration: 'use keep (milliseconds)',
  skipMiddlewares: 'each resume is decided on by upgrade, bind and authorize; leave it out',
  connectionStateRecovery: 'give its settings to resume itself',
  bufferSize: 'use replayBytes (bytes)',
  statefulReconnectBufferSize: 'use replayBytes (bytes)',
  historySize: 'use replayMessages',
  historyTTL: 'use keep (milliseconds)',
  ttl: 'use keep (milliseconds)',
  timeout: 'use keep (milliseconds a session is kept), or startTimeout',
  secret: 'tokens are random and kept as hashes; leave it out',
  onExpired: 'use the handler expired of createServer',
  onResumed: 'use the handler resumed of createServer',
};
