// The project's style for English, as patterns: what makes a reader stumble, and what to write instead. Each pattern is
// looked for in paragraphs, headings and table cells, never in code.

/** A wording that is not used here. */
export interface Wording {
  readonly pattern: RegExp;
  readonly advice: string;
  /** An example that the pattern finds. */
  readonly wrong: string;
  /** The same in plain English, which it does not find. */
  readonly right: string;
}

export const wordings: readonly Wording[] = [
  {
    pattern:
      /(?<!\b[Tt]here )\b(?:is|are|was|were|be|been) no (?!(?:longer|more than|less than|fewer|bigger|larger|later|better|worse|good|use|need)\b)\w+/u,
    advice: 'write "is not a …", "has no …" or "there is no …"',
    wrong: 'the address is no URL',
    right: 'the address is not a URL; there is no port in it, and it is no longer used',
  },
  {
    pattern: /(?<!\b(?:let|leave|leaves|left|leaving|stand|stands) (?:\w+ ){0,5})\balone\b/u,
    advice: 'write "only", before the word it limits',
    wrong: 'the answer goes to the handler alone',
    right: 'the answer goes only to the handler, and it leaves the fields of others alone',
  },
  {
    pattern: /\botherwise than\b/u,
    advice: 'write "differs from", "unlike" or "other than"',
    wrong: 'what is otherwise than on a device',
    right: 'how it differs from a device',
  },
  {
    pattern: /(?:^|[.;:!?]\s+)(?:Who|who)\s(?!is\b.*\?|can\b.*\?|may\b.*\?|does\b.*\?)/u,
    advice: 'name the person or thing that "who" stands for',
    wrong: 'Who has left it has lost its credentials.',
    right: 'A client that has left it has lost its credentials.',
  },
  {
    pattern: /\b(?:[Ww]hoever|[Ww]hosoever)\b/u,
    advice: 'name the person or thing: "a caller that …", "if you …"',
    wrong: 'Whoever publishes has others to send to.',
    right: 'A publisher has other connections to send to.',
  },
  {
    pattern: /\b(?:says?|said|saying) so\b/u,
    advice: 'say what it reports, and where',
    wrong: 'the docstring says so',
    right: 'the docstring states the default',
  },
  {
    pattern:
      /(?<!\b(?:and|but|or|nor|is|are|was|were|has|have) )\balso (?:those|one|ones|of|in|when|where|what|if|for|with|without|by|a|an|the|to|as|behind|from|that|while|here|before|below|after|later|within|between|through|on|empty|null)\b/u,
    advice: 'write "including", "even", or move "also" to the verb',
    wrong: 'all rows, also those that are lost',
    right: 'all rows, including those that we lose; it also prints them',
  },
  {
    pattern: /\bwhat (?:came|comes|waits|holds|has come|has left)\b/u,
    advice: 'name it: "the bytes received", "queued messages"',
    wrong: 'it prints what comes',
    right: 'it prints the messages it receives',
  },
  {
    pattern: /\b(?:open|read|sent|there|known|used|wanted|needed|possible|listens?|grows?) no more\b/u,
    advice: 'write "no longer …"',
    wrong: 'it is open no more',
    right: 'it is no longer open',
  },
  {
    pattern: /\bfor good\b/u,
    advice: 'write "permanently"',
    wrong: 'dropped for good',
    right: 'dropped permanently',
  },
  {
    pattern: /\bin place of\b/u,
    advice: 'write "instead of"',
    wrong: 'a view in place of a copy',
    right: 'a view instead of a copy',
  },
  {
    pattern: /\bbetter (?:wait|use|take|write)\b/u,
    advice: 'give the instruction',
    wrong: 'better wait for drained()',
    right: 'wait for drained()',
  },
  {
    pattern: /\b(?:not|is|are) whole\b/u,
    advice: 'write "complete" or "incomplete"',
    wrong: 'a message that is not whole',
    right: 'an incomplete message',
  },
  {
    pattern: /\b[Ff]rom (?:[\d,.]+ \w+|there|then|version [\d.]+|API \d+|X+|the \w+) on\b(?! (?:the|an?|its|each)\b)/u,
    advice: 'write "at … and above", "since …" or "after that"',
    wrong: 'it applies from 4 MiB on',
    right: 'it applies at 4 MiB and above',
  },
  {
    pattern: /\b(?:owes?|owed|debts?)\b/u,
    advice: 'use the technical term',
    wrong: 'while drain is owed',
    right: 'while a drain event is pending',
  },
  {
    pattern: /\b(?:as good as|without a word|in good order|at the door|none of the program)\b/u,
    advice: 'write it plainly',
    wrong: 'closes everything in good order',
    right: 'closes every connection with a closing handshake',
  },
  {
    pattern: /(?<!\bthe )\b(?:inside|outside) of\b/iu,
    advice: 'write "inside" or "outside"',
    wrong: 'called from inside of a handler',
    right: 'called from inside a handler, or on the outside of it',
  },
  {
    pattern: /(?<!\b(?:is|be|are|as|becomes?) )\ban? (?!line\b|kind\b)\w+ of (?:its|their|our|his|your) own\b/iu,
    advice: 'write "its own …" or "a separate …"',
    wrong: 'each version has a folder of its own',
    right: 'each version has its own folder',
  },
  {
    pattern:
      /\bbehind (?:each other|everything|what (?:was|we|it)|(?:the|an?|its|our|that|every|each|their) (?:(?:last|final|first|opening|own|refused|new) )?(?:heads?|requests?|responses?|messages?|handshake|Close|frames?|ping|pong|block|answer|input|parameter|fragments?|text|status|byte|end|call|tail|limit)\b)/u,
    advice: 'write "after": "behind" is a place',
    wrong: 'bytes behind the head are frames',
    right: 'bytes after the head are frames of a server behind a proxy',
  },
  {
    pattern: /\b(?:has|have|had) to be\b/u,
    advice: 'write "must be", or "need" with a subject',
    wrong: 'a value that has to be a string',
    right: 'a value that must be a string',
  },
  {
    pattern: /\b[Ii]t is (?!an?\b|the\b|for\b|not\b|with\b|from\b)(?:\w+ )that\b/u,
    advice: 'let the sentence begin with the thing it is about',
    wrong: 'it is FIN that shows it',
    right: 'FIN shows it',
  },
  {
    pattern: /\b[Bb]esides\b/u,
    advice: 'write "in addition to", "other than", "also" or "except"',
    wrong: 'what a refusal needs besides its status',
    right: 'what a refusal needs in addition to its status',
  },
  {
    pattern:
      /\b[Ww]hat (?:is|are|was|were) (?:(?!(?:and|that|who|which|when|if|how|why)\b)\w+ ){1,6}(?:is|are|was|were|has|becomes)\b/u,
    advice: 'name the subject: "queued messages are lost"',
    wrong: 'what is queued is lost',
    right: 'queued messages are lost; the error tells what was wrong and why',
  },
  {
    pattern: /\bthat (?:is|are) there\b/u,
    advice: 'write "existing", "given", "pending" or "open"',
    wrong: 'the connections that are there',
    right: 'the open connections',
  },
  {
    pattern: /\b(?:that (?:is|are)|whose \w+ is) none\b/u,
    advice: 'write "invalid" or "that is not a …"',
    wrong: 'a port that is none',
    right: 'an invalid port, and a name that none of them has',
  },
];
