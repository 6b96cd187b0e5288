// Companions of `webSocket` that need Node, in a page: they are `undefined`, like names that this package does not have. For
// bundlers that build for a page, package.json puts this file in the place of theirs.

const absent = undefined;

export {
  absent as default,
  absent as buffer,
  absent as connection,
  absent as fastbuffer,
  absent as http,
  absent as ThreadWorkerPriority,
  absent as worker,
};
