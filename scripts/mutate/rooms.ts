// Which files are mutated, by room, and which tests are asked. When a folder moves, this table is what changes.

/** A file belongs to the first room that has a prefix of its path. */
export const ROOMS: Readonly<Record<string, readonly string[]>> = {
  oci: ['src/oci/'],
  concurrency: ['src/concurrency/'],
  failure: ['src/failure/'],
  registry: ['src/registry/'],
  store: ['src/store/', 'src/action/image-layout.ts'],
  verify: ['src/verify/'],
  fetch: ['src/fetch/'],
  acquire: ['src/acquire/'],
  pins: ['src/pins/', 'src/action/pins.ts'],
  report: ['src/report/', 'src/summary/']
}

export function roomOf(path: string): string | undefined {
  return Object.keys(ROOMS).find(room => ROOMS[room]?.some(prefix => path.startsWith(prefix)))
}

/** Folders of __tests__ without unit tests. What lies directly in __tests__ runs the action as a process. */
export const NOT_UNIT = ['support', 'corpus', 'documents', 'security', 'world', 'differential']

/** A test that imports one of these runs a program, from dist or installed, and cannot notice what is mutated here. */
export const RUNS_PROGRAMS = ['__tests__/support/run-action.ts', '__tests__/support/programs.ts']
