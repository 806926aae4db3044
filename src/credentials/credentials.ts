// Credentials for one registry: a username and password, or the refresh token that a web login leaves.
// Pure.

export type Credentials = Password | {readonly kind: 'identity-token'; readonly token: string}

export type Password = {
  readonly kind: 'password'
  readonly username: string
  readonly password: string
  /** The job's token, which the action adds by itself. */
  readonly isJobToken: boolean
}

/** Whether the user gave them. The job's token is added by this action, so its rejection is not the user's to fix. */
export function isUserProvided(credentials: Credentials | undefined): boolean {
  return credentials !== undefined && !(credentials.kind === 'password' && credentials.isJobToken)
}

/** The Authorization header of RFC 7617. */
export function formatBasic(credentials: Password): string {
  return `Basic ${encodeBasic(credentials)}`
}

/** `username:password` in base64. */
export function encodeBasic({username, password}: Password): string {
  return Buffer.from(`${username}:${password}`).toString('base64')
}
