// The calls of this package that take an object with options: their other arguments, and the schema that they check the
// object by.

import { createServer as createHttpServer, IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { types } from 'node:util';
import { createBus } from '../../src/bus/create-bus.ts';
import { countSchema, listSchema, membersSchema } from '../../src/bus/list-options.ts';
import { localBus, localSchema } from '../../src/bus/local/local-bus.ts';
import { LocalDriver } from '../../src/bus/local/local-driver.ts';
import { LocalExchange } from '../../src/bus/local/local-exchange.ts';
import { natsBus, natsBusSchema } from '../../src/bus/nats/nats-bus.ts';
import { busSchema } from '../../src/bus/option-rows.ts';
import { connect as connectOnce } from '../../src/client/connect.ts';
import { connectSchema } from '../../src/client/option-rows.ts';
import { reconnectOptionsSchema } from '../../src/client/reconnect/option-rows.ts';
import { connectAgain } from '../../src/client/reconnect/reconnecting-connection.ts';
import { createCluster } from '../../src/cluster/index.ts';
import { clusterSchema } from '../../src/cluster/option-rows.ts';
import { type AnySchema, type Check, readOptions, type Schema } from '../../src/core/option-check.ts';
import { accept, createServer } from '../../src/engine/index.ts';
import { createInspector } from '../../src/inspector/index.ts';
import { inspectorSchema } from '../../src/inspector/option-rows.ts';
import { configure } from '../../src/kit/configure.ts';
import { configurationSchema } from '../../src/kit/option-rows.ts';
import { metricNamingSchema, metricsTextSchema } from '../../src/observe/metric-options.ts';
import { createPresence } from '../../src/presence/index.ts';
import { presenceSchema } from '../../src/presence/option-rows.ts';
import { connectResumable } from '../../src/resume/client/connect-resumable.ts';
import { resumeOptionsSchema } from '../../src/resume/client/option-rows.ts';
import { resumableServerSchema } from '../../src/resume/server/option-rows.ts';
import { natsStore, natsStoreSchema } from '../../src/resume/stores/nats/make-nats-store.ts';
import { acceptSchema, attachSchema, drainSchema, listenSchema, publishSchema } from '../../src/server/option-rows.ts';
import { answerNowSchema } from '../../src/testing/http-answer.ts';
import {
  answerSchema,
  clientSchema,
  conditionSchema,
  expectedFrameSchema,
  frameSchema,
  httpPeerSchema,
  networkListenSchema,
  networkSchema,
  onlineSchema,
  peerAcceptSchema,
  peerRefuseSchema,
  peerSchema,
  serveSchema,
} from '../../src/testing/option-rows.ts';
import { Peer } from '../../src/testing/peer.ts';
import { servePeer } from '../../src/testing/served-peer.ts';
import { TestNetwork } from '../../src/testing/test-network.ts';
import { webSocketSchema, webSocketStreamSchema } from '../../src/whatwg/option-rows.ts';

/** A call that takes options. */
export interface Entry {
  readonly name: string;
  readonly schema: AnySchema;
  /** Calls it. What it opens, where it does not refuse, stays: only for options that it refuses. */
  call(options: unknown): unknown;
}

function entry(name: string, schema: unknown, call: (options: never) => unknown): Entry {
  return { name, schema: schema as AnySchema, call: call as (options: unknown) => unknown };
}

const idle = createServer();
const http = createHttpServer();
const request = new IncomingMessage(new Socket());
const response = new ServerResponse(request);
const network = new TestNetwork();
const scripted = (): Peer => Object.create(Peer.prototype) as Peer;

/** A string is a URL, and no object with options. */
function ofNats<Options>(schema: Schema<Options>, options: Options): Options {
  return typeof options === 'string' ? readOptions(schema, options) : options;
}

export const entries: readonly Entry[] = [
  entry('createServer', resumableServerSchema, (options) => createServer(options)),
  entry('listen', listenSchema, (options) => idle.listen(options)),
  entry('createCluster', clusterSchema, (options) => createCluster(options)),
  entry('createInspector', inspectorSchema, (options) => createInspector(idle, options)),
  entry('attach', attachSchema, (options) => idle.attach(http, options)),
  entry('drain', drainSchema, (options) => idle.drain(options)),
  entry('metricsText', metricsTextSchema, (options) => idle.metricsText(options)),
  entry('handleMetrics', metricNamingSchema, (options) => idle.handleMetrics(request, response, options)),
  entry('publish', publishSchema, (options) => idle.publish('topic', 'x', options)),
  entry('list', listSchema, (options) => idle.list(options)),
  entry('count', countSchema, (options) => idle.count(options)),
  entry('members', membersSchema, (options) => idle.members('topic', options)),
  entry('createBus', busSchema, (options) => createBus(new LocalDriver(() => new LocalExchange()), options)),
  // A string is its name.
  entry('localBus', localSchema, (options) =>
    typeof options === 'string' ? readOptions(localSchema, options) : localBus(options),
  ),
  entry('createPresence', presenceSchema, (options) => createPresence(idle, options)),
  entry('natsBus', natsBusSchema, (options) => natsBus(ofNats(natsBusSchema, options))),
  entry('natsStore', natsStoreSchema, (options) => natsStore(ofNats(natsStoreSchema, options)).close()),
  entry('accept', acceptSchema, (options) => accept(options)),
  entry('connect', connectSchema, (options) => connectOnce('ws://127.0.0.1:9/', options)),
  entry('connect with reconnect', reconnectOptionsSchema, (options) => connectAgain('ws://127.0.0.1:9/', options)),
  entry('connect with resume', resumeOptionsSchema, (options) => connectResumable('ws://127.0.0.1:9/', options)),
  // Its second argument may also be a list of subprotocols, and a wrong subprotocol is a DOMException.
  entry('new WebSocket', webSocketSchema, (options) => readOptions(webSocketSchema, options)),
  entry('new WebSocketStream', webSocketStreamSchema, (options) => readOptions(webSocketStreamSchema, options)),
  entry('configure', configurationSchema, (options) => configure(options)),
  entry('useNetwork', networkSchema, (options) => new TestNetwork(options)),
  entry('network.listen', networkListenSchema, (options) => network.listen(http, options)),
  entry('network.peer', peerSchema, (options) => network.peer('ws://a.example/', undefined, options)),
  entry('network.serveHTTP', httpPeerSchema, (options) => network.serveHTTP('http://a.example/', {}, options)),
  entry('network.client', clientSchema, (options) => network.client('ws://a.example/', options)),
  entry('network.condition', conditionSchema, (options) => network.condition(options)),
  // An array stands for the addresses alone.
  entry('network.dns', answerSchema, (options: object) =>
    !types.isProxy(options) && Array.isArray(options)
      ? readOptions(answerSchema, options)
      : network.dns('a.example', options),
  ),
  entry('network.goOnline', onlineSchema, (options) => network.goOnline('wifi', options)),
  entry('servePeer', serveSchema, (options) => servePeer(0, undefined, options)),
  entry('peer.accept', peerAcceptSchema, (options) => scripted().accept(options)),
  entry('peer.refuse', peerRefuseSchema, (options) => scripted().refuse(403, options)),
  entry('peer.answerHTTP', answerNowSchema, (options) => scripted().answerHTTP(options)),
  entry('peer.receivesFrame', expectedFrameSchema, (options) => scripted().receivesFrame(options)),
  entry('peer.sendFrame', frameSchema, (options) => scripted().sendFrame(options)),
];

/** One option, at any depth. */
export interface Option {
  readonly entry: Entry;
  /** `limits.maxMessageSize` */
  readonly path: string;
  readonly check: Check<unknown>;
  /** Other members that the objects around it must have. */
  readonly around: readonly object[];
}

/** Values for the options that must be there. */
const NEEDED: Readonly<Record<string, unknown>> = {
  host: 'proxy.example',
  port: 1,
  interval: 1,
  timeout: 1,
  opcode: 'text',
  folder: 'x',
  path: '/chat',
  reconnect: true,
  resume: true,
  everywhere: true,
  server: './nowhere.js',
};

/** All options of a call, those of nested objects included. */
export function optionsOf(of: Entry, schema = of.schema, path = '', around: readonly object[] = []): Option[] {
  const needed = Object.fromEntries((schema.required ?? []).map((name) => [name, NEEDED[name]]));
  return Object.entries(schema.rows).flatMap(([name, check]) => {
    const whole = path === '' ? name : `${path}.${name}`;
    const option = { entry: of, path: whole, check, around: [...around, needed] };
    return check.schema === undefined ? [option] : [option, ...optionsOf(of, check.schema, whole, option.around)];
  });
}

/** The object with `value` for an option. */
export function withValue({ path, around }: Pick<Option, 'path' | 'around'>, value: unknown): object {
  const [name = '', ...rest] = path.split('.');
  const inner = rest.length === 0 ? value : withValue({ path: rest.join('.'), around: around.slice(1) }, value);
  return { ...around[0], [name]: inner };
}

/** A socket that is not connected, for what needs one. */
export const socket = new Socket();
