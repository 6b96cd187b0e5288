// Kit specification §4, row by row: the server.

export const server = {
  'kit §4.1 arguments': 'one object, else 401; a second argument is ignored',
  'kit §4.1 port': 'no number, or out of range: 2302005',
  'kit §4.1 limits': 'a missing one is 10, an explicit 0 admits nobody',
  'kit §4.1 serverIP': 'undefined and empty are all IPv4 interfaces; no literal is 2302004',
  'kit §4.1 IPv6': 'is listened on; `::` is dual stack',
  'kit §4.1 serverCert': 'ignored without a path; missing files 2302002; serves wss; malformed 2302999',
  'kit §4.1 bind failures': 'in use 2302007, not available 2302004, not permitted 2302005, others 2302999',
  'kit §4.1 listening': 'true once it listens',
  'kit §4.1 real port': 'of port 0, as an extension that does not show',
  'kit §4.1 starting twice': 'the same port 2302007, another one is a further listener; stop ends all',
  'kit §4.1 after stop': 'the object may be started again',

  'kit §4.2 taken': 'any path, any origin, version 13',
  'kit §4.2 response':
    'Upgrade, Connection, Sec-WebSocket-Accept; Sec-WebSocket-Protocol when negotiated; no compression',
  'kit §4.2 subprotocol': 'the first offer that is in the list of the configuration',
  'kit §4.2 no offer': 'accepted without an echo',
  'kit §4.2 no match': 'accepted without an echo',
  'kit §4.2 default name': 'lws_server is echoed when nothing is configured',
  'kit §4.2 no upgrade': '426',

  'kit §4.3 1 stopping': 'rejected',
  'kit §4.3 2 clients': 'distinct addresses, counting the newcomer',
  'kit §4.3 3 connections': 'of one address',
  'kit §4.3 4 ban': 'an address that is banned, while that lasts',
  'kit §4.3 5 frequency': '51 connections in 60 s, the next one bans for 60 s; the tables are those of the process',
  'kit §4.3 ten': 'simultaneous connections from loopback',
  'kit §4.3 answer': '503 or 429 with Connection: close; one error event, no connect or close',
  'kit §4.3 ceiling': 'a configuration above 10 is 2302999',
  'kit §4.3 off by default': 'steps 4 and 5',
  'kit §4.3 none': "limits: 'none' lifts the ceiling and all checks",

  'kit §4.4 registered': 'connect fires when send and listAllConnections know the client',
  'kit §4.4 fresh object': 'a plain one for each event',
  'kit §4.4 address': 'text without brackets; IPv4-mapped addresses as IPv4',
  'kit §4.4 by value': 'clients are addressed by IP and port, not by identity',
  'kit §4.4 port': 'is converted to 32 bits',

  'kit §4.5 arguments': 'data and an address, else 401',
  'kit §4.5 rules': 'size, snapshot, order and framing as for clients',
  'kit §4.5 unknown': '2302006, even before start and after stop; closing is -1',
  'kit §4.5 burst': 'leaves whole',

  'kit §4.6 arguments': 'partial or undefined options are fine, others 401',
  'kit §4.6 code and reason': 'as for clients; true at once; the event shows the request',
  'kit §4.6 flush': 'of what was sent before',
  'kit §4.6 listed': 'until it is gone',

  'kit §4.7 array': 'a plain array at once, which can be awaited',
  'kit §4.7 errors': 'are thrown',
  'kit §4.7 entries': 'fresh plain objects in the order of connection',
  'kit §4.7 closing': 'clients in closing are included',

  'kit §4.8 value': 'clientConnection and data as for clients',
  'kit §4.8 whole, in order': 'whole messages, in order for each client',
  'kit §4.8 no dataEnd': 'servers have none',
  'kit §4.8 no listener': 'dropped',

  'kit §4.9 arguments': 'two; closeReason has the text too, and is not enumerable',
  'kit §4.9 server close': 'no error; the requested code and reason',
  'kit §4.9 server stop': '1001, server is going away',
  'kit §4.9 code and text': 'of the client; no text is The link is down',
  'kit §4.9 empty Close': '1000, The link is down, no error',
  'kit §4.9 lost': 'error, then code 0 and The link is down',
  'kit §4.9 order': 'removed from the table first; error before close',

  'kit §4.10 not started': '2302999',
  'kit §4.10 goodbye': '1001 to every client, new handshakes refused',
  'kit §4.10 resolution': 'when the port is free and the Close frames are out, after 5 s at most',
  'kit §4.10 one close': 'for every client',
  'kit §4.10 again': 'the same port can be used at once',
  'kit §4.10 listeners': 'stay',

  'kit §4.11 sources': 'rejected handshakes and lost clients',
  'kit §4.11 payload': 'code 200 with a message',
  'kit §4.11 calls': 'failures of send, close and start do not come here',

  'kit §4.12 40 and 10': 'seconds to a ping, and to the end without a pong',
  'kit §4.12 configurable': 'and off with 0',
  'kit §4.12 client pings': 'are answered',
} as const;
