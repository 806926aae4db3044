// The action's version: package.json's, and what registries see in User-Agent.
// Held to package.json by docs.test.ts.

export const VERSION = '1.0.0'

export const USER_AGENT = `verified-image/${VERSION}`
