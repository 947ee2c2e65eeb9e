import type { PlatformSettings } from "../../lib/settings.ts";
import { withReadableManifest } from "../../plan/manifest.ts";
import type { Plan, PlanNode, Values } from "../../plan/plan.ts";
import { visitNonSecretStrings, Secret } from "../../plan/value.ts";
import { isObjectOrArray, typeNameOf, findingsUnless, stackFindingUnless } from "../../plan/query.ts";
import type { Rule } from "../rule.ts";

/** Components without outputs, and the reason. */
const componentsWithoutOutputs: Readonly<Record<string, string>> = {
    "payment:index:Configuration": "records without other components",
    "payment:index:GuardDuty": "notifies the topics without other components",
    "payment:index:Recovery": "has its own alarm",
    "payment:index:SecurityHub": "notifies the topics without other components",
};

/** Account services have an output only where they create the role for API logs. */
const hasNoOutputs = ({ type }: PlanNode, { accountServices }: PlatformSettings): boolean =>
    type in componentsWithoutOutputs ||
    (type === "payment:index:AccountServices" && accountServices.apiGatewayRole === "skip");

/** All strings that a plan marks as secret. */
function secretStringsOf(plan: Plan): Set<string> {
    const found = new Set<string>();
    const visit = (value: unknown): void => {
        if (value instanceof Secret) {
            visitNonSecretStrings(value.value, (text) => found.add(text));
        } else if (isObjectOrArray(value)) {
            Object.values(value).forEach(visit);
        }
    };
    plan.nodes.forEach(({ inputs, outputs }) => {
        visit(inputs);
        visit(outputs);
    });
    return found;
}

/** Inputs that must be secret. */
const sensitiveInputs = ["authToken", "secretString", "privateKey", "privateKeyPem", "masterPassword", "password"];

export const treeRules: readonly Rule[] = [
    {
        name: "one-platform",
        description: "Every resource is a descendant of one PaymentPlatform component",
        fix: "Create the resource in a component of the platform, with `{ parent: this }`.",
        check: ({ nodes }) => {
            const types = new Map(nodes.map((node) => [node.urn, node.type]));
            const atTop = nodes.filter((node) => types.get(node.parent ?? "") === "pulumi:pulumi:Stack");
            const kinds = atTop.map(typeNameOf).toSorted().join(", ");
            return [
                ...stackFindingUnless(
                    kinds === "PaymentPlatform, aws",
                    `the top level has ${kinds}, not one PaymentPlatform and one AWS provider`,
                ),
                ...findingsUnless(
                    nodes,
                    ({ parent, type }) => types.has(parent ?? "") || type === "pulumi:pulumi:Stack",
                    "have a parent",
                ),
            ];
        },
    },
    {
        name: "one-tagged-provider",
        description: "Every AWS resource uses the one AWS provider that sets the stack's tags",
        fix: "Leave out `provider`, so that the resource inherits the platform's, and correct the tags where that provider is created.",
        check: ({ nodes }, settings) => {
            const providers = nodes.filter(({ type }) => type === "pulumi:providers:aws");
            const tags = {
                ...settings.tags,
                Project: "payment-platform",
                Environment: settings.environment,
                EnvironmentSuffix: settings.environmentSuffix,
                CostCenter: settings.costCenter,
                DataClassification: settings.dataClassification,
                Compliance: settings.compliance,
                ManagedBy: "pulumi",
            };
            const sorted = (values: object) => JSON.stringify(Object.entries(values).toSorted());
            return [
                ...stackFindingUnless(providers.length === 1, `there are ${providers.length} AWS providers`),
                ...findingsUnless(
                    providers,
                    ({ inputs }) =>
                        isObjectOrArray(inputs.defaultTags) &&
                        isObjectOrArray(inputs.defaultTags.tags) &&
                        sorted(inputs.defaultTags.tags) === sorted(tags) &&
                        JSON.stringify(inputs.allowedAccountIds) ===
                            (settings.accountId === undefined ? undefined : JSON.stringify([settings.accountId])),
                    `set the tags ${sorted(tags)} and allow only the account ${settings.accountId ?? "of the credentials"}`,
                ),
                ...findingsUnless(
                    nodes.filter(({ type }) => type.startsWith("aws:")),
                    ({ provider }) => provider === providers[0]?.urn,
                    "use the provider that sets the tags",
                ),
            ];
        },
    },
    {
        name: "no-open-secrets",
        description: "No input or output has a secret in plaintext",
        fix: "Wrap the value in `pulumi.secret`, or pass the ARN of a secret instead of its value.",
        check: (planned) => {
            const plan = withReadableManifest(planned);
            const secrets = [...secretStringsOf(plan)];
            const secretLeaksIn = (values: Values): string[] => {
                const found: string[] = [];
                visitNonSecretStrings(values, (text, path) => {
                    if (secrets.some((secret) => text.includes(secret))) {
                        found.push(`shows a secret in ${path}`);
                    }
                });
                return found;
            };
            return [
                ...stackFindingUnless(secrets.length > 0, "the plan has no secret"),
                ...secretLeaksIn(plan.outputs),
                ...plan.nodes.flatMap((node) => {
                    const plaintextInputs = sensitiveInputs.filter((key) => typeof node.inputs[key] === "string");
                    const reasons = [
                        ...secretLeaksIn(node.inputs),
                        ...secretLeaksIn(node.outputs),
                        ...plaintextInputs.map((key) => `shows its ${key}`),
                    ];
                    return reasons.map((reason) => ({ node, reason }));
                }),
            ];
        },
    },
    {
        name: "components-register-outputs",
        description: "Every component registers its outputs",
        fix: "Call `registerOutputs` with the public fields of the component.",
        check: ({ nodes }, settings) =>
            findingsUnless(
                nodes.filter((node) => node.type.startsWith("payment:") && !hasNoOutputs(node, settings)),
                ({ outputs }) => Object.keys(outputs).length > 0,
                "register its outputs",
            ),
    },
];
