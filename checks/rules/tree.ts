import type { PlatformSettings } from "../../lib/settings.ts";
import { withOpenManifest } from "../../plan/manifest.ts";
import type { Plan, PlanNode, Values } from "../../plan/plan.ts";
import { openStrings, Secret } from "../../plan/value.ts";
import { isTree, kindOf, unless, unlessStack } from "../../plan/query.ts";
import type { Rule } from "../rule.ts";

/** Parts of which nothing is used, and what they do instead. */
const selfContained: Readonly<Record<string, string>> = {
    "payment:index:Configuration": "records by itself",
    "payment:index:GuardDuty": "tells the topics by itself",
    "payment:index:Recovery": "raises its alarm by itself",
    "payment:index:SecurityHub": "tells the topics by itself",
};

/** A part that has nothing to tell; account services tell only when the API may log. */
const tellsNothing = ({ type }: PlanNode, { accountServices }: PlatformSettings): boolean =>
    type in selfContained || (type === "payment:index:AccountServices" && accountServices.apiGatewayRole === "skip");

/** Each secret string of a plan, wherever it is marked as one. */
function secretsOf(plan: Plan): Set<string> {
    const found = new Set<string>();
    const visit = (value: unknown): void => {
        if (value instanceof Secret) {
            openStrings(value.value, (text) => found.add(text));
        } else if (isTree(value)) {
            Object.values(value).forEach(visit);
        }
    };
    plan.nodes.forEach(({ inputs, outputs }) => {
        visit(inputs);
        visit(outputs);
    });
    return found;
}

/** Inputs that AWS itself would show to whoever may describe the resource. */
const sensitive = ["authToken", "secretString", "privateKey", "privateKeyPem", "masterPassword", "password"];

export const treeRules: readonly Rule[] = [
    {
        name: "one-platform",
        promise: "everything stands under one platform",
        fix: "Make the resource inside a component of the platform and pass it `{ parent: this }`.",
        controls: [],
        about: ["*"],
        check: ({ nodes }) => {
            const types = new Map(nodes.map((node) => [node.urn, node.type]));
            const atTop = nodes.filter((node) => types.get(node.parent ?? "") === "pulumi:pulumi:Stack");
            const kinds = atTop.map(kindOf).toSorted().join(", ");
            return [
                ...unlessStack(kinds === "PaymentPlatform, aws", `at the top stand ${kinds}`),
                ...unless(
                    nodes,
                    ({ parent, type }) => types.has(parent ?? "") || type === "pulumi:pulumi:Stack",
                    "have a parent",
                ),
            ];
        },
    },
    {
        name: "one-tagged-provider",
        promise: "every AWS resource is made by the one tagged provider",
        fix: "Leave out `provider`, so that the resource takes the platform's, and mend the tags where that is made.",
        controls: ["ECS.13", "ECS.14", "ECS.15"],
        about: ["*"],
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
                ...unlessStack(providers.length === 1, `there are ${providers.length} AWS providers`),
                ...unless(
                    providers,
                    ({ inputs }) =>
                        isTree(inputs.defaultTags) &&
                        isTree(inputs.defaultTags.tags) &&
                        sorted(inputs.defaultTags.tags) === sorted(tags) &&
                        JSON.stringify(inputs.allowedAccountIds) ===
                            (settings.accountId === undefined ? undefined : JSON.stringify([settings.accountId])),
                    `tag with ${sorted(tags)} and refuse any account but ${settings.accountId ?? "that of the credentials"}`,
                ),
                ...unless(
                    nodes.filter(({ type }) => type.startsWith("aws:")),
                    ({ provider }) => provider === providers[0]?.urn,
                    "use the tagged provider",
                ),
            ];
        },
    },
    {
        name: "no-open-secrets",
        promise: "no secret stands in the open",
        fix: "Wrap the value in `pulumi.secret`, or pass the ARN of a secret instead of what it holds.",
        controls: ["PCI-8.6.2", "ECS.8", "CKV_AWS_45"],
        about: ["*"],
        check: (planned) => {
            const plan = withOpenManifest(planned);
            const secrets = [...secretsOf(plan)];
            const leaks = (values: Values): string[] => {
                const found: string[] = [];
                openStrings(values, (text, path) => {
                    if (secrets.some((secret) => text.includes(secret))) {
                        found.push(`shows a secret in ${path}`);
                    }
                });
                return found;
            };
            return [
                ...unlessStack(secrets.length > 0, "nothing is secret"),
                ...leaks(plan.outputs),
                ...plan.nodes.flatMap((node) => {
                    const clear = sensitive.filter((key) => typeof node.inputs[key] === "string");
                    const reasons = [
                        ...leaks(node.inputs),
                        ...leaks(node.outputs),
                        ...clear.map((key) => `shows its ${key}`),
                    ];
                    return reasons.map((reason) => ({ node, reason }));
                }),
            ];
        },
    },
    {
        name: "parts-tell-outputs",
        promise: "every part says what others may use of it",
        fix: "Call `registerOutputs` with the public fields of the component.",
        controls: [],
        about: ["*"],
        check: ({ nodes }, settings) =>
            unless(
                nodes.filter((node) => node.type.startsWith("payment:") && !tellsNothing(node, settings)),
                ({ outputs }) => Object.keys(outputs).length > 0,
                "register its outputs",
            ),
    },
];
