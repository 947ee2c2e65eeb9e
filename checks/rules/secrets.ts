import { withOpenManifest } from "../../plan/manifest.ts";
import { openStrings } from "../../plan/value.ts";
import { all, arnOf, kindOf, shown } from "../../plan/query.ts";
import type { Rule } from "../rule.ts";
import type { Finding } from "../../plan/finding.ts";
import { credentialIn, soundsSecret } from "../secrets/formats.ts";
import { secretsFound, type FoundSecret } from "../secrets/find.ts";
import { containerSecrets, namedValues } from "../secrets/secret-names.ts";
import { stateSecrets } from "../secrets/state.ts";
import type { Plan, Values } from "../../plan/plan.ts";

const rowOf = ({ node, property }: FoundSecret) =>
    stateSecrets.find((row) => row.type === node.type && row.property === property);

/** ARNs of the secrets that the stack makes, and of the one that RDS makes for its cluster. */
const secretArns = (plan: Plan): string[] => {
    const arns = all(plan, "secretsmanager/secret:Secret").map(arnOf);
    all(plan, "rds/cluster:Cluster").forEach(({ outputs }) => {
        openStrings(outputs.masterUserSecrets ?? [], (text, path) => {
            if (path.endsWith("secretArn")) {
                arns.push(text);
            }
        });
    });
    return arns;
};

/** Everything that whoever reads a plan's state, or describes its resources, can read. */
const openParts = ({ nodes, outputs }: Plan): { values: Values; told: (reason: string) => Finding }[] => [
    ...nodes.flatMap((node) =>
        [node.inputs, node.outputs].map((values) => ({ values, told: (reason: string) => ({ node, reason }) })),
    ),
    { values: outputs, told: (reason) => `an output ${reason}` },
];

export const secretRules: readonly Rule[] = [
    {
        name: "no-secret-as-plain-variable",
        promise: "no environment variable and no tag that is called like a secret holds one",
        fix: "Keep the value in Secrets Manager, and pass the secret's ARN in a variable that ends in `_ARN`.",
        controls: ["PCI-8.6.2", "ECS.8", "CKV_AWS_45"],
        about: ["*"],
        check: ({ nodes }) =>
            nodes.flatMap((node) =>
                namedValues(node)
                    .filter(({ name }) => soundsSecret(name))
                    .map(({ name, where }) => ({
                        node,
                        reason: `has ${name} in ${where}, which sounds like a secret`,
                    })),
            ),
    },
    {
        name: "no-credential-in-the-open",
        promise: "no text of the stack looks like a key, a token or a password of somebody",
        fix: "Revoke the credential, as it is in Git now, and keep the next one in Secrets Manager.",
        controls: ["PCI-8.6.2", "ECS.8", "CKV_AWS_45"],
        about: ["*"],
        check: (plan) =>
            openParts(withOpenManifest(plan)).flatMap(({ values, told }) => {
                const found: Finding[] = [];
                openStrings(values, (text, path) => {
                    const format = credentialIn(text);
                    if (format !== undefined) {
                        found.push(told(`shows ${format} in ${path}`));
                    }
                });
                return found;
            }),
    },
    {
        name: "task-secrets-are-the-stacks-own",
        promise: "containers are given no secrets but those that the stack keeps in Secrets Manager",
        fix: "Take `valueFrom` from the `arn` of a secret of this stack.",
        controls: ["PCI-8.6.2"],
        about: ["ecs/taskDefinition:TaskDefinition"],
        check: (plan) => {
            const arns = secretArns(plan);
            return all(plan, "ecs/taskDefinition:TaskDefinition").flatMap((node) =>
                containerSecrets(node)
                    // A JSON key, a stage and a version may follow the ARN: `<arn>:password::`.
                    .filter(
                        ({ valueFrom }) => !arns.some((arn) => valueFrom === arn || valueFrom.startsWith(`${arn}:`)),
                    )
                    .map(({ container, name, valueFrom }) => ({
                        node,
                        reason: `gives ${container} ${name} from ${shown(valueFrom)}, which is no secret of the stack`,
                    })),
            );
        },
    },
    {
        name: "secrets-in-state-are-listed",
        promise: "each secret that Pulumi keeps in the stack's state is listed with the reason",
        fix: "Let AWS make the secret, or list its type and property with a reason in `checks/secrets/state.ts`.",
        controls: ["PCI-8.6.2"],
        about: ["*"],
        check: (plan) =>
            secretsFound(withOpenManifest(plan))
                .filter((found) => rowOf(found) === undefined)
                .map(({ node, property }) => ({
                    node,
                    reason: `puts the secret ${property} into the state, for no reason that is listed`,
                })),
        evidence: (plan) =>
            secretsFound(withOpenManifest(plan)).map(
                (found) =>
                    `${found.node.name} (${kindOf(found.node)}) ${found.property}: ${rowOf(found)?.reason ?? "not listed"}`,
            ),
    },
];
