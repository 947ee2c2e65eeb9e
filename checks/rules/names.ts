import { exclusiveValuesOf } from "../../plan/exclusive-values.ts";
import type { Plan, PlanNode } from "../../plan/plan.ts";
import { isNamedWithinParent, maxNameLengthOf, nameScopeOf, physicalName } from "../../plan/physical-names.ts";
import { resourcesOfType, isObjectOrArray, toText, inputText, findingsUnless } from "../../plan/query.ts";
import type { Rule } from "../rule.ts";

/** The execution log group of API Gateway has a name with the API's ID, which is unique. */
const isNamedByApiId = (plan: Plan, node: PlanNode): boolean =>
    node.type === "aws:cloudwatch/logGroup:LogGroup" &&
    resourcesOfType(plan, "apigateway/restApi:RestApi").some(({ id }) =>
        inputText(node, "name").startsWith(`API-Gateway-Execution-Logs_${id}/`),
    );

export const nameRules: readonly Rule[] = [
    {
        name: "names-unique",
        description: "Every name ends with the environment suffix and is used only once",
        fix: "Build the name from the component's name, which ends with the suffix, and give two resources of one type different nouns.",
        check: (plan, { environmentSuffix }) => {
            const own = plan.nodes.filter(({ type }) => type !== "pulumi:pulumi:Stack");
            const named = own.flatMap((node) => {
                const name = physicalName(node);
                return name === undefined ? [] : [{ node, key: `${nameScopeOf(node.type)} ${name}` }];
            });
            const first = new Map(named.map(({ node, key }) => [key, node] as const).toReversed());
            const duplicates = named.filter(({ node, key }) => first.get(key) !== node);
            return [
                ...findingsUnless(
                    own,
                    ({ name }) => name.endsWith(`-${environmentSuffix}`),
                    "have a name that ends with the suffix",
                ),
                ...findingsUnless(
                    own.filter((node) => !isNamedWithinParent(node) && !isNamedByApiId(plan, node)),
                    // AWS requires a suffix for some names.
                    (node) =>
                        /^$|-(?=[-/]|$)/.test((physicalName(node) ?? "").split(`-${environmentSuffix}`).join("-")),
                    "have the suffix in its name in AWS",
                ),
                ...duplicates.map(({ node, key }) => ({ node, reason: `must not use a name twice: ${key}` })),
            ];
        },
    },
    {
        name: "exclusive-values-unique",
        description:
            "No two resources have values that AWS gives to one at a time, such as the priority of a listener rule",
        fix: "Derive the value from what the resource is, such as a service's name, and not from its position in a list.",
        check: ({ nodes }) => {
            const all = nodes.flatMap((node) => exclusiveValuesOf(node).map((values) => ({ node, ...values })));
            // `names-unique` compares names.
            const byKey = Map.groupBy(
                all.filter(({ isName }) => !isName),
                ({ key }) => key,
            );
            return [...byKey.values()].flatMap(([first, ...others]) =>
                others.map(({ node, text }) => ({
                    node,
                    reason: `must not have ${text} of ${first?.node.name ?? ""}`,
                })),
            );
        },
    },
    {
        name: "names-fit",
        description: "Every name is within the length limit of AWS",
        fix: "Shorten the name, or add the limit that AWS documents for the type to its row in `plan/catalogue/`.",
        check: ({ nodes }) => [
            ...nodes.flatMap((node) => {
                const name = physicalName(node);
                const limit = maxNameLengthOf(node.type);
                if (name === undefined) {
                    return [];
                }
                if (limit === undefined) {
                    return [{ node, reason: "must be of a type whose row in `plan/catalogue/` has `name`" }];
                }
                const reason = `must have a name of at most ${limit} characters, has ${name.length}: ${name}`;
                return name.length <= limit ? [] : [{ node, reason }];
            }),
            ...findingsUnless(
                nodes.filter(({ type }) => type === "tls:index/selfSignedCert:SelfSignedCert"),
                ({ inputs }) => isObjectOrArray(inputs.subject) && toText(inputs.subject.commonName).length <= 64,
                "have a common name of at most 64 characters (X.509)",
            ),
        ],
    },
];
