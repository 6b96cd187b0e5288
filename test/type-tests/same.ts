// Whether two types are the same, both ways and to the last modifier. Nothing here is run: the files beside this one are
// compiled by test/kit/types.test.ts. What must not compile has `@ts-expect-error` above it.

type Equal<Left, Right> = (<T>() => T extends Left ? 1 : 2) extends <T>() => T extends Right ? 1 : 2 ? true : false;

/** Compiles when both type arguments are the same type. */
export function same<Left, Right>(_equal: Equal<Left, Right>): void {}
