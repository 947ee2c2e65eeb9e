import { manifestSchema, type Manifest } from "../lib/manifest.ts";
import { PlanError } from "./plan-error.ts";
import { Secret, type Plan, type Value } from "./plan.ts";

const manifestOutput = "manifest";

/** The manifest as the program has it among the outputs, where it is a secret (`manifestOf`); nothing without one. */
export function findManifest(outputs: Plan["outputs"]): Value | undefined {
    const { [manifestOutput]: found } = outputs;
    return found instanceof Secret ? found.value : found;
}

/** The plan with the manifest in the open: it is marked as a secret, and is none. */
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
 * The manifest that a plan has as an output, without what only AWS can tell: ARNs, and the account unless the stack names
 * it. What stands there in the plan is made up.
 *
 * @throws PlanError when the program has no such output, or one of another form
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

/** The plan for people, who are not shown a list of all its resources a second time. */
export function withoutManifest(plan: Plan): Plan {
    const { [manifestOutput]: manifest, ...outputs } = plan.outputs;
    return manifest === undefined ? plan : { ...plan, outputs };
}
