// JSON documents leave out what has no value; records in this program hold undefined.
// Pure.

type Present<T> = {readonly [K in keyof T as undefined extends T[K] ? never : K]: T[K]} & {
  readonly [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>
}

/** The record without the keys whose value is undefined. */
export function omitUndefined<const T extends Readonly<Record<string, unknown>>>(record: T): Present<T> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as Present<T>
}
