// WWW-Authenticate: the authentication schemes that a registry accepts (RFC 9110 §11.6.1, distribution's token specification).
// Pure.

/** `scheme` and the names of `params` are in lower case. */
export type Challenge = {readonly scheme: string; readonly params: Readonly<Record<string, string>>}

/** The challenge to answer: a token server's first, then Basic. Undefined when the header has neither. */
export function chooseChallenge(challenges: readonly Challenge[]): Challenge | undefined {
  return (
    challenges.find(({scheme, params}) => scheme === 'bearer' && params['realm'] !== undefined) ??
    challenges.find(({scheme}) => scheme === 'basic')
  )
}

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+/

/**
 * Parses WWW-Authenticate: several challenges in one header, commas in quotes, backslashes, values without quotes. The parse stops
 * at the first text that breaks the grammar, and the challenges before it are kept.
 */
export function parseChallenges(header: string): readonly Challenge[] {
  const challenges: {scheme: string; params: Record<string, string>}[] = []
  let rest = header
  function skip(pattern: RegExp): void {
    rest = rest.replace(pattern, '')
  }
  for (;;) {
    skip(/^[\s,]+/)
    const name = TOKEN.exec(rest)?.[0]
    if (name === undefined) return challenges
    rest = rest.slice(name.length)
    const equals = /^[ \t]*=[ \t]*(?=[^\s=,])/.exec(rest)?.[0]
    const current = challenges.at(-1)
    if (equals === undefined) {
      challenges.push({scheme: name.toLowerCase(), params: Object.create(null) as Record<string, string>})
      // A token68, such as NTLM's, instead of parameters.
      skip(/^[ \t]+[A-Za-z0-9._~+/-]+=*(?=[ \t]*(?:,|$))/)
    } else if (current === undefined) {
      return challenges
    } else {
      rest = rest.slice(equals.length)
      const value = /^"((?:[^"\\]|\\.)*)"/.exec(rest) ?? /^([^\s,"]+)/.exec(rest)
      if (value?.[1] === undefined) return challenges
      rest = rest.slice(value[0].length)
      current.params[name.toLowerCase()] ??= value[0].startsWith('"') ? value[1].replace(/\\(.)/g, '$1') : value[1]
    }
  }
}
