// The environment that a started program gets: that of this process without what opens doors for this step alone.
// `docker` and credential helpers come from the job's PATH, and a pull request may have put one there in an earlier step.

type Environment = Readonly<Record<string, string | undefined>>

/**
 * The variables that a program, or a file of the workspace, may see. `secrets` are the values of this step's secrets: a variable that
 * has one of them under another name is left out too.
 */
export function environmentWithoutSecrets(
  environment: Environment,
  secrets: readonly string[]
): Record<string, string> {
  const kept = Object.entries(environment).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && !isWithheldName(entry[0]) && !holdsSecret(entry[1], secrets)
  )
  return Object.fromEntries(kept)
}

/** Whether it is the name of a token of the job or the runner, under which GitHub's own programs look for one. */
export function isTokenName(name: string): boolean {
  return TOKENS.test(name)
}

const TOKENS = /^(?:(?:GITHUB|GH|GHCR|RUNNER)(?:_[A-Z0-9]+)*_(?:TOKEN|PAT)|ACTIONS_(?:[A-Z0-9]+_)*TOKEN)$/i

function isWithheldName(name: string): boolean {
  return isTokenName(name) || WITHHELD.some(pattern => pattern.test(name))
}

// Windows does not tell capitals from small letters in the names of variables.
const WITHHELD: readonly RegExp[] = [
  // Inputs of this step, its state, and the addresses that the runner gives to actions and not to scripts: of the cache, of artifacts
  // and of OpenID Connect.
  /^(?:INPUT|STATE|ACTIONS)_/i,
  // Files through which a program could speak for this step: an output that it writes would be an output of ours.
  /^GITHUB_(?:OUTPUT|ENV|PATH|STATE|STEP_SUMMARY)$/i,
  // Logins as Docker and podman take them from a variable; they are read here, for the registry that they name.
  /^(?:DOCKER_AUTH_CONFIG|REGISTRY_AUTH)$/i
]

// A short secret may be part of any value by chance: the letter "a" is in PATH.
const SHORTEST_PART = 8

function holdsSecret(value: string, secrets: readonly string[]): boolean {
  return secrets.some(
    secret => secret !== '' && (value.trim() === secret || (secret.length >= SHORTEST_PART && value.includes(secret)))
  )
}
