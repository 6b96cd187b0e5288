// The functions that are global on a device.

declare function setTimeout(callback: () => void, delay: number): number;
declare function clearTimeout(timer: number): void;
