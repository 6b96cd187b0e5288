// Kit specification §7 and §8, row by row: the shared types, and what stands in for a device.

export const mapping = {
  'kit §7 Callback': '(data) => void',
  'kit §7 ErrorCallback': '(err) => void, BusinessError by default',
  'kit §7 AsyncCallback': '(err, data) => void',
  'kit §7 BusinessError': 'an Error with code and optional data',
  'kit §7 properties': 'code, message, data own and enumerable in this order; name and stack not',
  'kit §7 JSON': 'prints code and message, and data where there is some',
  'kit §7 class': 'exported under the name of the type',

  'kit §8 INTERNET permission':
    'granted; a hook can deny it: 201 on every network operation, not on on, off and the factories',
  'kit §8 domains': 'all; a hook can deny some: 2302998',
  'kit §8 system proxy': 'environment variables',
  'kit §8 trust store': 'that of Node, with NODE_EXTRA_CA_CERTS',
  'kit §8 paths': 'ordinary ones, relative to the working directory',
  'kit §8 TV only': 'lifted',
} as const;
