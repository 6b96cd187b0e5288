// What the plugin has Vitest load before each test file: the functions that are global on a device. Tests that run in a
// browser do not get them.

if (typeof process !== 'undefined' && process.versions?.node !== undefined) {
  const { defineGlobals } = await import('./globals.ts');
  defineGlobals();
}

export {};
