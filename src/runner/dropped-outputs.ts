// Outputs that GitHub drops between jobs because they contain the user name, which many workflows keep as a secret.
// An action cannot see whether a value is a secret: a runner masks it, and tells no step.

// A shorter text is part of a digest by chance, and a warning about every run is read by none.
const MIN_CHARACTERS = 3

/** One line for the log; undefined when no output contains the user name. */
export function describeDroppedOutputs(
  outputs: Readonly<Record<string, string>>,
  username: string
): string | undefined {
  if (username.length < MIN_CHARACTERS) return undefined
  const names = Object.entries(outputs).flatMap(([name, value]) => (value.includes(username) ? [name] : []))
  if (names.length === 0) return undefined
  const [subject, verb] = names.length === 1 ? ['The output', 'contains'] : ['The outputs', 'contain']
  return `${subject} ${names.join(', ')} ${verb} the value of the input username. If that is a secret, GitHub drops ${names.length === 1 ? 'it' : 'them'} as a job output, and jobs that need this one get an empty string: keep username in a variable (vars), or pass the output digest on.`
}
