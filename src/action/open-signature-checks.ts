// Opens the checks of signatures, for a run with a rule in `signed-by`.
// Sigstore's libraries are a chunk of their own in each bundle, which takes longer to load than a small image to verify.

import {fail} from '../failure/error.ts'
import type {Inputs} from '../runner/inputs.ts'
import type {Judge} from '../signature/judge.ts'
import type {RunContext} from './publish.ts'
import {createSignatureChecks, type SignatureChecks, type SignatureDeps} from './signature-checks.ts'

/**
 * Undefined without a rule. The libraries load while the first requests are under way. Fails with 'invalid-input' for an address of
 * GitHub's API that the token must not be sent to.
 */
export function openSignatureChecks(
  run: RunContext,
  inputs: Inputs,
  deps: Omit<SignatureDeps, 'judge'>
): SignatureChecks | undefined {
  if (inputs.signatures.rules.length === 0) return undefined
  const judge = loadJudge(inputs)
  // Each lookup awaits it; until then nothing else handles it.
  judge.catch(() => undefined)
  return createSignatureChecks(run, inputs, {...deps, judge})
}

/** Loads Sigstore's libraries. Rejects with 'invalid-input' for a trust root that cannot be used. */
export async function loadJudge({signatures}: Inputs): Promise<Judge> {
  const {openJudge} = await import('../signature/judge.ts')
  const judge = openJudge(signatures)
  if (judge.ok) return judge.value
  return fail({
    kind: 'invalid-input',
    faults: [
      {
        input: 'trusted-root',
        value: '',
        reason: judge.reason,
        example: 'trusted-root.jsonl, as `gh attestation trusted-root` prints it'
      }
    ]
  })
}
