// undici's index pulls in fetch, WebSocket, caches and mocks; its dispatchers alone start in half the time.
// These are the types of the files that are imported by path instead.

declare module 'undici/lib/dispatcher/agent.js' {
  import type {Agent} from 'undici'
  const agent: typeof Agent
  export default agent
}

declare module 'undici/lib/core/connect.js' {
  import type {Socket} from 'node:net'
  import type {buildConnector} from 'undici'
  const createConnector: (
    options: buildConnector.BuildOptions
  ) => (...given: Parameters<buildConnector.connector>) => Socket
  export default createConnector
}
