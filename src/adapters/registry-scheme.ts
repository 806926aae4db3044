// Which hosts are spoken to in plain HTTP: those that nobody else can listen in on, and those that the user named.
// Pure.

/** localhost, 127.0.0.0/8 and ::1. */
const isLoopback = (host: string): boolean =>
  /^(?:localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])(?::\d+)?$/.test(host)

/** `host` and `insecureRegistries` have a port where they need one. */
export const schemeOf = (host: string, insecureRegistries: readonly string[]): 'http' | 'https' =>
  isLoopback(host) || insecureRegistries.includes(host) ? 'http' : 'https'
