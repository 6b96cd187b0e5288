// This package's client.

import { connect } from 'harmony-websocket/engine';
import { echo } from './echoing.ts';

await echo((url, received) => connect(url, { handlers: { message: (_, data) => received(data) } }));
