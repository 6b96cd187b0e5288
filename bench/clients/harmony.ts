// This package's client. A bare echo answers no pings.

import { connect } from 'harmony-websocket/engine';
import { echo } from './echoing.ts';

await echo((url, received) => connect(url, { heartbeat: false, handlers: { message: (_, data) => received(data) } }));
