// Jest's transform: Node's own type stripping, so that tests run the very text that Node would run.
import {stripTypeScriptTypes} from 'node:module'
export default {
  process: (source, path) => ({code: `${stripTypeScriptTypes(source, {mode: 'strip'})}\n//# sourceURL=${path}`})
}
