// Which files are mutated, by room, and which tests are asked. When a folder moves, this table is what changes.

/** A file belongs to the first room that has a prefix of its path. */
export const ROOMS: Readonly<Record<string, readonly string[]>> = {
  oci: ['src/oci/'],
  failure: ['src/failure/', 'src/acquire/failure.ts'],
  registry: [
    'src/registry/',
    'src/adapters/registry-',
    'src/adapters/credentials',
    'src/adapters/status-pages',
    'src/acquire/status-word.ts'
  ],
  store: [
    'src/store/',
    'src/adapters/blob-',
    'src/adapters/layout.ts',
    'src/adapters/leftovers.ts',
    'src/acquire/keeper.ts',
    'src/acquire/recall.ts',
    'src/acquire/layout.ts'
  ],
  pins: [
    'src/pins/',
    'src/pins.ts',
    'src/adapters/lock-file.ts',
    'src/acquire/lock.ts',
    'src/acquire/locked-image.ts',
    'src/acquire/moved.ts',
    'src/acquire/fallback.ts'
  ],
  report: [
    'src/report/',
    'src/acquire/annotations.ts',
    'src/acquire/diagnose.ts',
    'src/acquire/log-lines.ts',
    'src/acquire/markdown.ts',
    'src/acquire/plain-words.ts',
    'src/acquire/report.ts',
    'src/acquire/summary'
  ],
  acquire: ['src/acquire/']
}

export function roomOf(path: string): string | undefined {
  return Object.keys(ROOMS).find(room => ROOMS[room]?.some(prefix => path.startsWith(prefix)))
}

/** Folders of __tests__ without unit tests. What lies directly in __tests__ runs the action as a process. */
export const NOT_UNIT = ['support', 'corpus']

/** A test that imports one of these runs a program, from dist or installed, and cannot notice what is mutated here. */
export const RUNS_PROGRAMS = ['__tests__/support/run-action.ts', '__tests__/support/programs.ts']
