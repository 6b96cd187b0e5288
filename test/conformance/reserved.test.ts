// RFC 6455 §5.2, and RFC 7692 §6: every first byte of a frame there is: 8 combinations of RSV × 16 opcodes × FIN, for
// both roles, with and without permessage-deflate, between messages and within one. (Autobahn: categories 3, 4)

import type { Case, End } from './case.ts';
import { conformance } from './conformance.ts';

type Place = 'between messages' | 'within a text';

/** What the clauses say of a frame that begins with `first`, its payload being one 00, or nothing in a Close. */
function outcome(
  first: number,
  place: Place,
  hasDeflate: boolean,
): Pick<Case, 'frames' | 'delivers' | 'answers' | 'end'> {
  const [fin, rsv, opcode] = [first >= 0x80, (first >> 4) & 7, first & 0x0f];
  const isWithin = place === 'within a text';
  const before = isWithin ? ['01 01 61'] : [];
  const byte = first.toString(16).padStart(2, '0');
  const frames = [...before, opcode === 8 ? `${byte} 00` : `${byte} 01 00`];
  const fails = { frames, end: { fails: 1002 } satisfies End };
  const isData = opcode === 1 || opcode === 2;
  // "MUST be 0 unless an extension is negotiated that defines meanings for non-zero values": RSV1, where data begins.
  if (rsv !== 0 && !(hasDeflate && rsv === 4 && isData)) return fails;
  if ((opcode >= 3 && opcode <= 7) || opcode >= 0xb) return fails;
  if (opcode >= 8 && !fin) return fails; // RFC 6455 §5.5
  if (isData && isWithin) return fails; // RFC 6455 §5.4
  if (opcode === 0 && !isWithin) return fails; // RFC 6455 §5.4
  const rest = isWithin ? { frames: [...frames, '80 01 62'], delivers: ['message "ab"'] } : { frames, delivers: [] };
  if (opcode === 8) return { frames, end: { closes: '1005 clean', sends: '88 00' } };
  if (opcode === 9) return { ...rest, delivers: ['ping 00', ...rest.delivers], answers: ['8a 01 00'], end: 'open' };
  if (opcode === 10) return { ...rest, delivers: ['pong 00', ...rest.delivers], end: 'open' };
  if (opcode === 0) {
    return fin
      ? { frames, delivers: ['message "a\\u0000"'], end: 'open' }
      : { frames: [...frames, '80 01 62'], delivers: ['message "a\\u0000b"'], end: 'open' };
  }
  // 00 is an empty message when it is compressed (RFC 7692 §7.2.3.6), and U+0000 when it is not.
  const data = opcode === 1 ? (rsv === 4 ? 'message ""' : 'message "\\u0000"') : rsv === 4 ? 'message' : 'message 00';
  return { frames: fin ? frames : [...frames, '80 00'], delivers: [data], end: 'open' };
}

for (const hasDeflate of [false, true]) {
  for (const place of ['between messages', 'within a text'] as const) {
    const cases = Array.from({ length: 256 }, (_, first): Case => {
      const name = `first byte ${first.toString(16).padStart(2, '0')}`;
      const rest = outcome(first, place, hasDeflate);
      return { name, ...rest, feeds: 'few', ...(hasDeflate ? { deflate: {} } : {}) };
    });
    conformance(`RFC 6455 §5.2 all first bytes ${place}${hasDeflate ? ', with permessage-deflate' : ''}`, cases, {
      tcpEvery: place === 'within a text' ? 3 : 1,
    });
  }
}

// A violation shows in the first byte: neither the second one nor a masking key is waited for (RFC 6455 §7.1.7).
conformance(
  'RFC 6455 §5.2 refused at the first byte',
  ['90', 'a1', 'c1', 'f2', '83', '87', '8b', '8f', '03', '0b', '08', '09', '0a', 'ff'].map((first) => ({
    name: `first byte ${first}`,
    isVerbatim: true,
    frames: [first],
    end: { fails: 1002 },
  })),
);

const context: [name: string, frame: string][] = [
  ['reserved bits', '91 00'],
  ['a reserved data opcode', '83 00'],
  ['a reserved control opcode', '8b 00'],
];
conformance(
  'RFC 6455 §5.2 after messages and pings that were right, which are told and answered before',
  context.map(([name, bytes]) => ({
    name,
    frames: ['81 05 48 65 6c 6c 6f', '89 02 68 69', '01 01 78', '89 00', bytes],
    delivers: ['message "Hello"', 'ping 68 69', 'ping'],
    answers: ['8a 02 68 69', '8a 00'],
    end: { fails: 1002 },
  })),
);
