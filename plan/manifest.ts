import { manifestSchema, type Manifest } from "../lib/manifest.ts";
import { PlanError } from "./plan-error.ts";
import type { Plan, Value } from "./plan.ts";
import { unwrapSecret } from "./value.ts";

const manifestOutput = "manifest";

/** The manifest output of the program, without the secret mark (`manifestOf`); undefined if there is none. */
export function findManifest(outputs: Plan["outputs"]): Value | undefined {
    const { [manifestOutput]: found } = outputs;
    return unwrapSecret(found);
}

/** The plan with the manifest in plain text: it is marked as a secret, but not confidential. */
export function withReadableManifest(plan: Plan): Plan {
    const manifest = findManifest(plan.outputs);
    if (manifest === undefined) {
        return plan;
    }
    const opened = (outputs: Plan["outputs"]): Plan["outputs"] => ({ ...outputs, [manifestOutput]: manifest });
    const nodes = plan.nodes.map((node) =>
        manifestOutput in node.outputs ? { ...node, outputs: opened(node.outputs) } : node,
    );
    return { ...plan, nodes, outputs: opened(plan.outputs) };
}

/**
 * The manifest of a plan, without values that only AWS determines: ARNs, and the account if the settings do not have it. The
 * plan has placeholders for them.
 *
 * @throws PlanError if the program has no such output, or it does not match the schema
 */
export function plannedManifest(plan: Plan, accountId: string | undefined): Manifest {
    const manifest = findManifest(plan.outputs);
    if (manifest === undefined) {
        throw new PlanError([`the program has no output "${manifestOutput}"`]);
    }
    const { data, error } = manifestSchema.safeParse(manifest);
    if (data === undefined) {
        throw new PlanError(
            error.issues.map(
                ({ path, message }) => `output ${[manifestOutput, ...path.map(String)].join(".")}: ${message}`,
            ),
        );
    }
    const resources = data.resources.map((resource) => ({ ...resource, arn: null, encryptionKeyArn: null }));
    return { ...data, account: accountId ?? null, resources };
}

/** The plan without the manifest output, which would print all resources a second time. */
export function withoutManifest(plan: Plan): Plan {
    const { [manifestOutput]: manifest, ...outputs } = plan.outputs;
    return manifest === undefined ? plan : { ...plan, outputs };
}
