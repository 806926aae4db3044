// Opens the checks of signatures, for a run with a rule in `signed-by`.
// What it loads is a chunk of its own in each bundle.

import type {Inputs} from '../runner/inputs.ts'
import type {RunContext} from './publish.ts'
import type {SignatureChecks, SignatureDeps} from './signature-checks.ts'

/** Loads Sigstore's libraries, if a rule is there: they take longer to load than a small image to verify. */
export async function openSignatureChecks(
  run: RunContext,
  inputs: Inputs,
  deps: SignatureDeps
): Promise<SignatureChecks | undefined> {
  if (inputs.signatures.rules.length === 0) return undefined
  const {createSignatureChecks} = await import('./signature-checks.ts')
  return createSignatureChecks(run, inputs, deps)
}
