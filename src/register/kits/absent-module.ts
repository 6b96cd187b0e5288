// What `require()` gives for a module of the device that this package does not have: an object without names.

const absentModule = undefined;

export { absentModule as default };
