// Makes a class look like an interface of WebIDL: its members can be enumerated, it has its name as a tag, and its
// constants are on the class and on the prototype.

/** How the members differ from those of a JavaScript class. */
export interface InterfaceForm {
  readonly name: string;
  /** `length` of the class: how many arguments `new` needs. */
  readonly length: number;
  /** `length` of its methods, where it is not the number of their parameters. */
  readonly methods?: Readonly<Record<string, number>>;
  readonly constants?: Readonly<Record<string, number>>;
}

/** Gives the class the form of an interface. */
export function formInterface(
  interfaceObject: object,
  { name, length, methods = {}, constants = {} }: InterfaceForm,
): void {
  const { prototype } = interfaceObject as { prototype: object };
  for (const member of Object.getOwnPropertyNames(prototype)) {
    if (member !== 'constructor') Object.defineProperty(prototype, member, { enumerable: true });
  }
  for (const [method, parameters] of Object.entries(methods)) {
    Object.defineProperty((prototype as Record<string, object>)[method] as object, 'length', { value: parameters });
  }
  for (const [constant, value] of Object.entries(constants)) {
    const descriptor = { value, enumerable: true, configurable: false, writable: false };
    Object.defineProperty(interfaceObject, constant, descriptor);
    Object.defineProperty(prototype, constant, descriptor);
  }
  Object.defineProperty(interfaceObject, 'name', { value: name });
  Object.defineProperty(interfaceObject, 'length', { value: length });
  Object.defineProperty(prototype, Symbol.toStringTag, { value: name, configurable: true });
}
