// Random scripts for an open connection: what the program does, what the peer writes, and what listeners do. Combinations
// in which a known difference would change everything that follows are left out.

import fc from 'fast-check';
import type { FrameSettings } from './wire.ts';
import type { ClientOptions, Pair, Role, Script, World } from './world.ts';

/** A frame of the peer. */
type Frame = readonly [opcode: number, payload: string, settings?: FrameSettings];

type Deed =
  | { readonly do: 'send' | 'ping' | 'pong'; readonly data: string; readonly isBinary: boolean; readonly fin: boolean }
  | { readonly do: 'close'; readonly code: number | undefined; readonly reason: string }
  | { readonly do: 'binaryType'; readonly type: 'nodebuffer' | 'arraybuffer' | 'fragments' }
  | { readonly do: 'terminate' | 'look' | 'destroy' | 'pause' | 'resume' };

type Step =
  | { readonly by: 'program'; readonly deeds: readonly Deed[] }
  | {
      readonly by: 'peer';
      readonly frames: readonly Frame[];
      readonly ends: 'close' | 'end' | 'reset' | 'both' | undefined;
    };

export interface Plan {
  readonly role: Role;
  readonly options: ClientOptions;
  readonly listener:
    | { readonly event: 'message' | 'ping' | 'pong' | 'error' | 'close'; readonly deed: Deed }
    | undefined;
  readonly steps: readonly Step[];
}

const data = fc.constantFrom('', 'a', 'déjà', 'x'.repeat(130), 'y'.repeat(70_000));
const reason = fc.constantFrom('', 'why', 'é'.repeat(61));
const code = fc.constantFrom(undefined, 1000, 1001, 1011, 3000, 4999, 999, 1005, 1006, 5000);

const deed: fc.Arbitrary<Deed> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('send' as const), data, isBinary: fc.boolean(), fin: fc.boolean() }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom('ping' as const, 'pong' as const),
      data,
      isBinary: fc.boolean(),
      fin: fc.constant(true),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('close' as const), code, reason }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('binaryType' as const),
      type: fc.constantFrom('nodebuffer' as const, 'arraybuffer' as const, 'fragments' as const),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constantFrom('terminate' as const, 'destroy' as const) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('look' as const, 'pause' as const, 'resume' as const) }) },
);

const goodFrame: fc.Arbitrary<Frame> = fc.oneof(
  fc.tuple(fc.constantFrom(1, 2), data),
  fc.tuple(fc.constantFrom(9, 10), fc.constantFrom('', 'p', 'q'.repeat(125))),
  fc.tuple(fc.constantFrom(1, 2, 0), data, fc.record({ fin: fc.boolean() })),
);

const badFrame: fc.Arbitrary<Frame> = fc.oneof(
  fc.tuple(fc.constantFrom(3, 7, 11, 15), data),
  fc.tuple(fc.constantFrom(1, 2, 9), fc.constant('r'), fc.record({ rsv: fc.integer({ min: 1, max: 7 }) })),
  fc.tuple(fc.constantFrom(8, 9, 10), fc.constant('z'.repeat(126))),
  fc.tuple(fc.constantFrom(8, 9), fc.constant(''), fc.constant({ fin: false })),
  fc.tuple(fc.constant(8), fc.constantFrom('x', 'xx', '\x03\x00')),
);

const peerStep: fc.Arbitrary<Step> = fc.record({
  by: fc.constant('peer' as const),
  frames: fc.array(fc.oneof({ weight: 12, arbitrary: goodFrame }, { weight: 1, arbitrary: badFrame }), {
    maxLength: 4,
  }),
  ends: fc.oneof(
    { weight: 10, arbitrary: fc.constant(undefined) },
    { weight: 2, arbitrary: fc.constantFrom('close' as const, 'end' as const, 'both' as const, 'reset' as const) },
  ),
});

const programStep: fc.Arbitrary<Step> = fc.record({
  by: fc.constant('program' as const),
  deeds: fc.array(deed, { minLength: 1, maxLength: 4 }),
});

const ENDING: readonly string[] = ['close', 'terminate', 'destroy'];

/** A program that closes is told of violations later, and one that pauses sees other ends: then the peer behaves well. */
function calmed(given: Plan): Plan {
  const deeds = given.steps.flatMap((step) => (step.by === 'program' ? step.deeds : []));
  const names = [...deeds, given.listener?.deed].map((one) => one?.do);
  const pauses = names.includes('pause');
  if (!pauses && !names.includes('close')) return given;
  const isGood = ([opcode, , settings]: Frame): boolean => settings === undefined && [1, 2, 9, 10].includes(opcode);
  const steps = given.steps.map((step): Step => {
    if (step.by === 'program') {
      const isLasting = (one: Deed): boolean => !pauses || !ENDING.includes(one.do);
      return { ...step, deeds: step.deeds.filter(isLasting) };
    }
    const frames = step.frames.filter((frame) => isGood(frame) && frame[1].length < 126);
    return { ...step, frames, ends: pauses ? undefined : step.ends };
  });
  const listener =
    pauses && given.listener !== undefined && [...ENDING, 'pause'].includes(given.listener.deed.do)
      ? undefined
      : given.listener;
  return { ...given, options: {}, listener, steps };
}

const anyPlan: fc.Arbitrary<Plan> = fc.record({
  role: fc.constantFrom('client' as const, 'server' as const),
  options: fc.constantFrom<ClientOptions[]>({}, {}, { autoPong: false }, { maxPayload: 100 }, { maxFragments: 3 }),
  listener: fc.option(
    fc.record({
      event: fc.constantFrom('message' as const, 'ping' as const, 'pong' as const, 'error' as const, 'close' as const),
      deed,
    }),
    { nil: undefined },
  ),
  steps: fc.array(fc.oneof(peerStep, programStep), { minLength: 1, maxLength: 8 }),
});

function perform(world: World, { webSocket }: Pair, one: Deed): void {
  if ('data' in one) {
    const value = one.isBinary ? Buffer.from(one.data) : one.data;
    // When callbacks come, seen from others, differs; whether, and with what, does not.
    const sent = world.callback(`callback ${++world.callbacks}`, one.do);
    if (one.do === 'send') world.call('webSocket', 'send', () => webSocket.send(value, { fin: one.fin }, sent));
    else world.call('webSocket', one.do, () => webSocket[one.do as 'ping'](value, undefined, sent));
  } else if (one.do === 'close') {
    world.call('webSocket', 'close', () => webSocket.close(one.code, one.code === undefined ? undefined : one.reason));
  } else if (one.do === 'look') world.note('webSocket', `${webSocket.readyState} ${webSocket.binaryType}`);
  else if (one.do === 'binaryType') webSocket.binaryType = one.type;
  else if (one.do === 'destroy') webSocket._socket?.destroy();
  else webSocket[one.do]();
}

function write({ peer }: Pair, { frames, ends }: Step & { by: 'peer' }): void {
  if (peer.isGone) return;
  // How much of a chunk is read before a reset is a matter of the system.
  const chunk = (ends === 'reset' ? [] : frames).map(([opcode, payload, settings]) =>
    peer.frame(opcode, payload, settings),
  );
  if (ends === 'close' || ends === 'both') chunk.push(peer.closeFrame(4000, 'bye'));
  if (chunk.length > 0 && peer.socket.writable) peer.write(Buffer.concat(chunk));
  if (ends === 'end' || ends === 'both') peer.end();
  if (ends === 'reset') peer.reset();
}

export const plan: fc.Arbitrary<Plan> = anyPlan.map(calmed);

/** A plan as a script. */
export function scriptOf(given: Plan): Script {
  const { role, options, listener, steps } = given;
  return {
    title: `${role}: random ${JSON.stringify(given)}`,
    async run(world) {
      const pair = role === 'client' ? await world.client(options) : await world.accepted(options as object);
      if (listener !== undefined) pair.webSocket.once(listener.event, () => perform(world, pair, listener.deed));
      for (const step of steps) {
        await world.step(step.by, () => {
          if (step.by === 'peer') write(pair, step);
          else for (const one of step.deeds) perform(world, pair, one);
        });
      }
      // While it is paused the end of TCP is seen by ws only.
      await world.step('resume', () => pair.webSocket.resume());
      await world.step('the end', () => {
        if (pair.peer.socket.writable) pair.peer.end();
      });
      await world.step('look', () => world.note('webSocket', `${pair.webSocket.readyState}`));
    },
  };
}
