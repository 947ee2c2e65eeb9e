import { paginateGetApiKeys } from "@aws-sdk/client-api-gateway";
import { GetKeyRotationStatusCommand, paginateListAliases, paginateListKeyRotations } from "@aws-sdk/client-kms";
import { paginateListSecrets, type SecretListEntry } from "@aws-sdk/client-secrets-manager";
import { databaseClusterName, generationsOf } from "../../../lib/settings/database-generations.ts";
import { collectPages } from "../../frame/aws-clients.ts";
import { isInPeriod, isoTime, ownNames, readOnce, type EvidenceItem } from "../item.ts";

/** Secrets that the stack or RDS for its clusters has made. Their names end in characters that Pulumi or AWS adds. */
export const secretsOfStack = readOnce(async ({ clients, settings }): Promise<SecretListEntry[]> => {
    const { environmentSuffix: suffix } = settings;
    const clusters = generationsOf(settings.database).map(
        (generation) => `:cluster:${databaseClusterName({ suffix }, generation)}`,
    );
    const all = await collectPages(paginateListSecrets({ client: clients.secrets }, {}), (page) => page.SecretList);
    return all.filter(({ Tags: tags = [] }) =>
        tags.some(
            ({ Key, Value = "" }) =>
                (Key === "EnvironmentSuffix" && Value === suffix) ||
                (Key === "aws:rds:primaryDBClusterArn" && clusters.some((each) => Value.endsWith(each))),
        ),
    );
});

const secrets: EvidenceItem = {
    id: "secrets",
    title: "Rotation of secrets",
    requirements: ["PCI-8.6.3"],
    source: "Secrets Manager: the secrets of the stack and the own one of each database cluster. No value is read.",
    read: async (context) => ({
        rows: (await secretsOfStack(context)).map((secret) => ({
            secret: secret.Name ?? "",
            created: isoTime(secret.CreatedDate),
            changed: isoTime(secret.LastChangedDate),
            rotated: isoTime(secret.LastRotatedDate),
            next: isoTime(secret.NextRotationDate),
            automatic: secret.RotationEnabled === true,
        })),
    }),
};

const keys: EvidenceItem = {
    id: "kms-keys",
    title: "Rotation of KMS keys",
    requirements: ["PCI-3.7.4"],
    source: "KMS: the keys with an alias of the stack, and their rotations in the period.",
    read: async (context) => {
        const { kms: client } = context.clients;
        const aliases = await collectPages(paginateListAliases({ client }, {}), (page) => page.Aliases);
        const isOwn = ownNames(context);
        const rows = [];
        for (const { AliasName = "", TargetKeyId: KeyId } of aliases) {
            const key = AliasName.replace("alias/", "");
            if (isOwn(key) && KeyId !== undefined) {
                const status = await client.send(new GetKeyRotationStatusCommand({ KeyId }));
                const rotations = await collectPages(
                    paginateListKeyRotations({ client }, { KeyId }),
                    (page) => page.Rotations,
                );
                rows.push({
                    key,
                    automatic: status.KeyRotationEnabled === true,
                    everyDays: status.RotationPeriodInDays ?? null,
                    next: isoTime(status.NextRotationDate),
                    rotated: rotations
                        .filter(({ RotationDate }) => isInPeriod(RotationDate, context))
                        .map(({ RotationDate }) => isoTime(RotationDate))
                        .join(", "),
                });
            }
        }
        return { rows };
    },
};

const merchantKeys: EvidenceItem = {
    id: "merchant-keys",
    title: "API keys of merchants",
    requirements: ["PCI-8.6.3"],
    source: "API Gateway: names and dates of the stack's keys. No value is read.",
    read: async (context) => {
        const { apiGateway: client } = context.clients;
        const isOwn = ownNames(context);
        const found = await collectPages(
            paginateGetApiKeys({ client }, { nameQuery: "payment-gateway-", includeValues: false }),
            (page) => page.items,
        );
        return {
            rows: found
                .filter(({ name = "" }) => isOwn(name))
                .map(({ name = "", enabled = false, createdDate }) => ({
                    ...{ key: name, enabled },
                    created: isoTime(createdDate),
                })),
        };
    },
};

export const rotationItems: readonly EvidenceItem[] = [secrets, keys, merchantKeys];
