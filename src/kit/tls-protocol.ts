// The only enum of the module. At run time it is a plain object from names to numbers, as on a device.

/** TLS versions by name. */
export const TlsProtocol = { TLS_V_1_0: 0, TLS_V_1_1: 1, TLS_V_1_2: 2, TLS_V_1_3: 3 } as const;
