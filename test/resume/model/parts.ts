// What the model runs: one module, so that a copy of it with a rule removed can take its place (removed-rules.ts).

export { ClientEnd } from '../../../src/resume/protocol/client-end.ts';
export { Reception } from '../../../src/resume/protocol/reception.ts';
export { PlainStore } from '../protocol/plain-store.ts';
