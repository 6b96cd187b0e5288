// Kit specification §2, row by row: channels, codes, the order of the checks, and the code 200.

export const errors = {
  'kit §2.1 on, off': 'wrong argument shapes throw 401 at once',
  'kit §2.1 calls': 'connect, send, close, start, stop never throw: callback, or else a rejected Promise',
  'kit §2.1 after connect': 'failures after the request was made come as the error event',
  'kit §2.1 loss': 'an established connection that is lost: error, then close',
  'kit §2.1 await and catch': '`await` with `try`, and `.catch`, both get the error',
  'kit §2.1 unhandled':
    'a rejection that nobody handles is one warning; listeners of the application get it in its place',
  'kit §2.1 callback position': 'the last argument if it is a function, even with wrong arguments',

  'kit §2.2 401': 'Parameter error',
  'kit §2.2 201': 'Permission denied',
  'kit §2.2 -1 connect': 'Websocket connect failed',
  'kit §2.2 -1 send': 'Websocket Unknown Other Error, for clients and servers',
  'kit §2.2 200': 'only in error events',
  'kit §2.2 2302001': 'Websocket url error',
  'kit §2.2 2302002': 'Websocket certificate file does not exist',
  'kit §2.2 2302003': 'Websocket connection already exist',
  'kit §2.2 2302004': "Can't listen to the given NIC; including an address that is not local",
  'kit §2.2 2302005': "Can't listen to the given Port; including a port that may not be bound",
  'kit §2.2 2302006': 'websocket connection does not exist',
  'kit §2.2 2302007': 'Websocket port already occupied',
  'kit §2.2 2302998': 'It is not allowed to access this domain',
  'kit §2.2 2302999': 'Websocket Unknown Other Error',

  'kit §2.3 connect': '401, 201, 2302998, 2302002 (authorities, then client certificate), 2302003, 2302001, -1',
  'kit §2.3 send': '401, 201, -1',
  'kit §2.3 close': '401, 201, 2302999',
  'kit §2.3 start': '401, 201, 2302004, 2302005, 2302999 (clients), 2302999 (connections), 2302002, 2302007',
  'kit §2.3 server send': '401, 201, -1 (no address), 2302006, -1 (closing)',
  'kit §2.3 server close': '401, 201, 2302999 (no address), 2302006, 2302999 (closing)',
  'kit §2.3 stop, listAllConnections': '201, 2302999 (not started, surplus arguments)',

  'kit §2.4 client data': 'the HTTP status as text; 0 without a response and after the opening',
  'kit §2.4 server payload': 'code 200 and no data',
  'kit §2.4 message': 'one text before the opening, another after it',
} as const;
