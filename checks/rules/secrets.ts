import { withReadableManifest } from "../../plan/manifest.ts";
import { visitNonSecretStrings } from "../../plan/value.ts";
import { resourcesOfType, arnOf, typeNameOf, toText } from "../../plan/query.ts";
import type { Rule } from "../rule.ts";
import type { Finding } from "../../plan/finding.ts";
import { findCredentialFormat, isSecretName } from "../secrets/formats.ts";
import { findSecrets, type FoundSecret } from "../secrets/find.ts";
import { containerSecrets, namedValues } from "../secrets/secret-names.ts";
import { stateSecrets } from "../secrets/state.ts";
import type { Plan, Values } from "../../plan/plan.ts";

const stateSecretFor = ({ node, property }: FoundSecret) =>
    stateSecrets.find((row) => row.type === node.type && row.property === property);

/** ARNs of the stack's secrets, and of the secret that RDS creates for the cluster. */
const secretArnsOf = (plan: Plan): string[] => {
    const arns = resourcesOfType(plan, "secretsmanager/secret:Secret").map(arnOf);
    resourcesOfType(plan, "rds/cluster:Cluster").forEach(({ outputs }) => {
        visitNonSecretStrings(outputs.masterUserSecrets ?? [], (text, path) => {
            if (path.endsWith("secretArn")) {
                arns.push(text);
            }
        });
    });
    return arns;
};

/** Values that are readable in the state, or by describing resources. */
const readableValues = ({ nodes, outputs }: Plan): { values: Values; findingOf: (reason: string) => Finding }[] => [
    ...nodes.flatMap((node) =>
        [node.inputs, node.outputs].map((values) => ({ values, findingOf: (reason: string) => ({ node, reason }) })),
    ),
    { values: outputs, findingOf: (reason) => `an output ${reason}` },
];

export const secretRules: readonly Rule[] = [
    {
        name: "no-secret-as-plain-variable",
        description: "No environment variable and no tag has the name of a secret",
        fix: "Keep the value in Secrets Manager, and pass the secret's ARN in a variable that ends in `_ARN`.",
        check: ({ nodes }) =>
            nodes.flatMap((node) =>
                namedValues(node)
                    .filter(({ name }) => isSecretName(name))
                    .map(({ name, location }) => ({
                        node,
                        reason: `has ${name} in ${location}, which is the name of a secret`,
                    })),
            ),
    },
    {
        name: "no-credential-in-the-open",
        description: "No plaintext value has the format of a key, a token or a password",
        fix: "Revoke the credential, because it is in Git, and keep the next one in Secrets Manager.",
        check: (plan) =>
            readableValues(withReadableManifest(plan)).flatMap(({ values, findingOf }) => {
                const found: Finding[] = [];
                visitNonSecretStrings(values, (text, path) => {
                    const format = findCredentialFormat(text);
                    if (format !== undefined) {
                        found.push(findingOf(`shows ${format} in ${path}`));
                    }
                });
                return found;
            }),
    },
    {
        name: "task-secrets-are-the-stacks-own",
        description: "Containers receive only secrets that the stack keeps in Secrets Manager",
        fix: "Take `valueFrom` from the `arn` of a secret of this stack.",
        check: (plan) => {
            const arns = secretArnsOf(plan);
            return resourcesOfType(plan, "ecs/taskDefinition:TaskDefinition").flatMap((node) =>
                containerSecrets(node)
                    // A JSON key, a stage and a version may follow the ARN: `<arn>:password::`.
                    .filter(
                        ({ valueFrom }) => !arns.some((arn) => valueFrom === arn || valueFrom.startsWith(`${arn}:`)),
                    )
                    .map(({ container, name, valueFrom }) => ({
                        node,
                        reason: `gives ${container} ${name} from ${toText(valueFrom)}, which is not a secret of the stack`,
                    })),
            );
        },
    },
    {
        name: "secrets-in-state-are-listed",
        description: "Every secret in the Pulumi state is listed with a reason",
        fix: "Generate the secret in AWS, or list its type and property with a reason in `checks/secrets/state.ts`.",
        check: (plan) =>
            findSecrets(withReadableManifest(plan))
                .filter((found) => stateSecretFor(found) === undefined)
                .map(({ node, property }) => ({
                    node,
                    reason: `stores the secret ${property} in the state, and no reason is listed`,
                })),
        evidence: (plan) =>
            findSecrets(withReadableManifest(plan)).map(
                (found) =>
                    `${found.node.name} (${typeNameOf(found.node)}) ${found.property}: ${stateSecretFor(found)?.reason ?? "not listed"}`,
            ),
    },
];
