// Parses the output of an action for its runner: workflow commands in its streams, and the files of outputs.
// Follows ActionCommand and FileCommandManager of actions/runner.

export type Annotation = {
  readonly level: 'error' | 'warning' | 'notice'
  readonly title?: string
  readonly file?: string
  readonly line?: string
  /** Unescaped. */
  readonly message: string
}

export type Spoken = {
  readonly annotations: readonly Annotation[]
  /** Lines that are not commands. */
  readonly log: readonly string[]
  readonly masks: readonly string[]
}

function isLevel(command: string): command is Annotation['level'] {
  return command === 'error' || command === 'warning' || command === 'notice'
}

/** Unescapes `%25` last: otherwise `%250A` would become a line break. */
function unescapeMessage(text: string): string {
  return text.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%')
}

function unescapeProperty(text: string): string {
  return text
    .replaceAll('%0D', '\r')
    .replaceAll('%0A', '\n')
    .replaceAll('%3A', ':')
    .replaceAll('%2C', ',')
    .replaceAll('%25', '%')
}

export function parseSpoken(text: string): Spoken {
  const annotations: Annotation[] = []
  const log: string[] = []
  const masks: string[] = []
  for (const line of text.split(/\r?\n/)) {
    const [, command = '', properties = '', message = ''] = /^::([^\s:]+)(?: (.*?))?::(.*)$/.exec(line) ?? []
    if (command === '') log.push(line)
    else if (command === 'add-mask') masks.push(unescapeMessage(message))
    else if (isLevel(command)) annotations.push(annotationOf(command, properties, message))
  }
  // A line break at the end of a stream does not begin another line.
  if (log.at(-1) === '') log.pop()
  return {annotations, log, masks}
}

function annotationOf(level: Annotation['level'], properties: string, message: string): Annotation {
  const named = new Map(
    properties
      .split(',')
      .map(property => [property.slice(0, property.indexOf('=')).trim(), property.slice(property.indexOf('=') + 1)])
  )
  const property = <Name extends string>(name: Name): Partial<Record<Name, string>> => {
    const value = named.get(name)
    return value === undefined ? {} : ({[name]: unescapeProperty(value)} as Record<Name, string>)
  }
  return {level, ...property('title'), ...property('file'), ...property('line'), message: unescapeMessage(message)}
}

/** Parses GITHUB_OUTPUT: `name=value`, or `name<<DELIMITER`, lines, `DELIMITER`. Throws for a line that a runner refuses. */
export function parseFileCommands(text: string): Record<string, string> {
  const values: Record<string, string> = {}
  const lines = text.split(/\r?\n/)
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? ''
    const equals = line.indexOf('=')
    const heredoc = line.indexOf('<<')
    if (line === '') continue
    if (equals >= 0 && (heredoc < 0 || equals < heredoc)) {
      values[line.slice(0, equals)] = line.slice(equals + 1)
    } else if (heredoc > 0) {
      const end = lines.indexOf(line.slice(heredoc + 2), at + 1)
      if (end < 0) throw new Error(`Invalid value. Matching delimiter not found '${line.slice(heredoc + 2)}'`)
      values[line.slice(0, heredoc)] = lines.slice(at + 1, end).join('\n')
      at = end
    } else throw new Error(`Invalid format '${line}'`)
  }
  return values
}
