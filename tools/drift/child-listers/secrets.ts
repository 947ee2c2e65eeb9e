import {
    DescribeSecretCommand,
    GetResourcePolicyCommand,
    paginateListSecretVersionIds,
} from "@aws-sdk/client-secrets-manager";
import { collectPages } from "../../frame/aws-clients.ts";
import { readGrant } from "../../../plan/catalogue/deployer-grant.ts";
import { secrets } from "../../../plan/catalogue/secretsmanager.ts";
import { defineLister, type ChildListers } from "../listing.ts";
import { nameOf } from "../../../lib/scope.ts";
import { acquirerNoun } from "../../../lib/settings/acquirer.ts";
import { stateResourcesOfType } from "../../../plan/state.ts";
import { describePolicy } from "../text.ts";

/** Name in the program of a secret for an acquirer, of any service and stack. */
const acquirerSecretName = new RegExp(`^${nameOf({ suffix: ".+" }, acquirerNoun(".+"))}$`);

const secretListers = [
    defineLister<string>({
        item: "resource policy",
        permissions: [readGrant("secretsmanager: GetResourcePolicy", secrets)],
        list: async ({ secrets: client }, { arn }) => {
            const { ResourcePolicy } = await client.send(new GetResourcePolicyCommand({ SecretId: arn }));
            return ResourcePolicy === undefined ? [] : [ResourcePolicy];
        },
        key: (_, { arn }) => arn,
        planned: { "secretsmanager/secretPolicy:SecretPolicy": ({ text }) => text("secretArn") },
        opens: describePolicy,
        remove: (_, { arn }) => `aws secretsmanager delete-resource-policy --secret-id ${arn}`,
    }),
    defineLister({
        item: "version",
        permissions: [readGrant("secretsmanager: ListSecretVersionIds", secrets)],
        list: async ({ secrets: client }, { arn }) => {
            const found = await collectPages(
                paginateListSecretVersionIds({ client }, { SecretId: arn }),
                (page) => page.Versions,
            );
            return found.map(({ VersionId, VersionStages = [] }) => ({ VersionId, stages: VersionStages }));
        },
        key: ({ VersionId }, { arn }) => `${arn} ${VersionId}`,
        planned: {
            "secretsmanager/secretVersion:SecretVersion": ({ text }) => `${text("secretId")} ${text("versionId")}`,
        },
        byAws: [
            {
                what: "the version before the present one, which Secrets Manager keeps",
                source: "https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html",
                matches: ({ stages }) => stages.every((stage) => stage === "AWSPREVIOUS"),
            },
            {
                what: "the value that an operator put into a secret for an acquirer, which the stack leaves empty",
                source: "https://docs.aws.amazon.com/secretsmanager/latest/userguide/manage_update-secret-value.html",
                matches: ({ stages }, { name, id, state }) =>
                    acquirerSecretName.test(name) &&
                    stages.includes("AWSCURRENT") &&
                    !stateResourcesOfType(state, "secretsmanager/secretVersion:SecretVersion").some(
                        ({ inputs }) => inputs?.secretId === id,
                    ),
            },
        ],
        opens: ({ stages }) => `who asks for ${stages.join(" or ")} gets a value that the program did not set`,
        remove: ({ VersionId, stages }, { arn }) =>
            `aws secretsmanager update-secret-version-stage --secret-id ${arn} --version-stage ${stages.join()} ` +
            `--remove-from-version-id ${VersionId} --move-to-version-id <the planned version>`,
    }),
    defineLister<{ readonly key: string; readonly opens: string; readonly remove: string }>({
        item: "setting",
        permissions: [readGrant("secretsmanager: DescribeSecret", secrets)],
        list: async ({ secrets: client }, { arn }) => {
            const found = await client.send(new DescribeSecretCommand({ SecretId: arn }));
            const copies = (found.ReplicationStatus ?? []).map(({ Region }) => ({
                key: `copy in ${Region}`,
                opens: `who may read secrets in ${Region} may read a copy of this one`,
                remove: `aws secretsmanager remove-regions-from-replication --secret-id ${arn} --remove-replica-regions ${Region}`,
            }));
            const rotation = {
                key: "rotation",
                opens: `${found.RotationLambdaARN ?? "Secrets Manager"} reads the secret and sets its value`,
                remove: `aws secretsmanager cancel-rotate-secret --secret-id ${arn}`,
            };
            return [...copies, ...(found.RotationEnabled ? [rotation] : [])];
        },
        key: ({ key }, { arn }) => `${arn} ${key}`,
        planned: { "secretsmanager/secretRotation:SecretRotation": ({ text }) => `${text("secretId")} rotation` },
        opens: ({ opens }) => opens,
        remove: ({ remove }) => remove,
    }),
];

export const secretsManagerListersByType: Readonly<Record<string, ChildListers>> = {
    "secretsmanager/secret:Secret": secretListers,
};
