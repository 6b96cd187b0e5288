// The type of any function, as hypium's declarations have it: ArkTS code keeps a mock in a variable of type `Function`.

/** Any function. */
// biome-ignore lint/complexity/noBannedTypes: declared like this by hypium
export type AnyFunction = Function;
