// A bare Node socket that sends ready-made masked frames and counts bytes: what no client on Node's sockets gets below.

import { EchoLoad } from '../load/echo-load.ts';
import { ready, task } from '../servers/child.ts';
import type { ClientTask } from '../servers/task.ts';

const { message, port, connections, inFlight } = task<ClientTask>();
const load = new EchoLoad({ ...message, connections, inFlight });
await load.open(port);
ready(0, { run: (milliseconds) => load.run(milliseconds) });
