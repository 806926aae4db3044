// The files to mutate, by room, and the tests to run. Change this table when a folder moves.

/** A file belongs to the first room that has a prefix of its path. */
export const ROOMS: Readonly<Record<string, readonly string[]>> = {
  oci: ['src/oci/'],
  concurrency: ['src/concurrency/'],
  failure: ['src/failure/'],
  registry: ['src/registry/'],
  'mirror-files': ['src/mirror-files/'],
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

/**
 * Folders of __tests__ without unit tests. Tests directly in __tests__ run the action as a process. Those of files/ run Bake, and that
 * room is not mutated.
 */
export const NOT_UNIT = ['support', 'corpus', 'documents', 'security', 'world', 'differential', 'files']

/** A test that imports one of these runs dist or an installed program, and does not run the mutated source. */
export const RUNS_PROGRAMS = ['__tests__/support/run-action.ts', '__tests__/support/programs.ts']
