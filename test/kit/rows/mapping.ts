// §7 and §8 of the kit specification, row by row: the shared types, and what stands in for a device.

export const mapping = {
  '§7 Callback': '(data) => void',
  '§7 ErrorCallback': '(err) => void, BusinessError by default',
  '§7 AsyncCallback': '(err, data) => void',
  '§7 BusinessError': 'an Error with code and optional data',
  '§7 properties': 'code, message, data own and enumerable in this order; name and stack not',
  '§7 JSON': 'prints code and message, and data where there is some',
  '§7 class': 'exported under the name of the type',

  '§8 INTERNET permission':
    'granted; a hook can deny it: 201 on every network operation, not on on, off and the factories',
  '§8 domains': 'all; a hook can deny some: 2302998',
  '§8 system proxy': 'environment variables',
  '§8 trust store': 'that of Node, with NODE_EXTRA_CA_CERTS',
  '§8 paths': 'ordinary ones, relative to the working directory',
  '§8 TV only': 'lifted',
} as const;
