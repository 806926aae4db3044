// Optional keys: JSON documents leave out a key without a value, internal records have undefined.
// Pure.

type Present<T> = {readonly [K in keyof T as undefined extends T[K] ? never : K]: T[K]} & {
  readonly [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>
}

/** The record without the keys whose value is undefined. */
export function omitUndefined<T extends Readonly<Record<string, unknown>>>(record: T): Present<T> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as Present<T>
}
