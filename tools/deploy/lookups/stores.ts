import { paginateDescribeDBInstances } from "@aws-sdk/client-rds";
import {
    DescribeKeyCommand,
    ListResourceTagsCommand,
    paginateListAliases,
    paginateListKeys,
} from "@aws-sdk/client-kms";
import { paginateListSecrets } from "@aws-sdk/client-secrets-manager";
import { withResourceTag, readGrant, listGrant } from "../../../plan/catalogue/deployer-grant.ts";
import { kmsKeyArns } from "../../../plan/catalogue/kms.ts";
import { collectPages, type AwsClients } from "../../frame/aws-clients.ts";
import { hasErrorName } from "../../frame/aws-errors.ts";
import { tagsOf, type Candidate, type Lookups } from "./lookup.ts";

/** A key of the account with this description; nothing where AWS refuses to tell its tags, as it does of others' keys. */
async function keyWith({ kms }: AwsClients, KeyId: string, description: string): Promise<Candidate[]> {
    try {
        const { Tags = [] } = await kms.send(new ListResourceTagsCommand({ KeyId }));
        const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId }));
        const fits = KeyMetadata?.Description === description && KeyMetadata.KeyState === "Enabled";
        const tags = Tags.map(({ TagKey, TagValue }) => ({ Key: TagKey, Value: TagValue }));
        return fits ? [{ importId: KeyId, tags: tagsOf(tags) }] : [];
    } catch (error) {
        if (hasErrorName(error, "AccessDeniedException")) {
            return [];
        }
        throw error;
    }
}

export const stores: Lookups = {
    "aws:rds/clusterInstance:ClusterInstance": {
        rights: [listGrant("rds: DescribeDBInstances")],
        find: async ({ rds: client }, read) => {
            const Filters = [{ Name: "db-cluster-id", Values: [read("clusterIdentifier")] }];
            return (
                await collectPages(paginateDescribeDBInstances({ client }, { Filters }), (page) => page.DBInstances)
            )
                .filter(({ DBInstanceStatus }) => DBInstanceStatus !== "deleting")
                .map(({ DBInstanceIdentifier = "", TagList }) => ({
                    importId: DBInstanceIdentifier,
                    tags: tagsOf(TagList),
                }))
                .filter(({ importId }) => importId.startsWith(read("identifierPrefix")));
        },
    },
    "aws:kms/key:Key": {
        rights: [
            listGrant("kms: ListKeys"),
            readGrant("kms: DescribeKey ListResourceTags", withResourceTag(kmsKeyArns)),
        ],
        find: async (aws, read) => {
            const all = await collectPages(paginateListKeys({ client: aws.kms }, {}), (page) => page.Keys);
            const found: Candidate[] = [];
            for (const { KeyId = "" } of all) {
                found.push(...(await keyWith(aws, KeyId, read("description"))));
            }
            return found;
        },
    },
    // Aliases have no tags: one that leads to the stack's key is the stack's.
    "aws:kms/alias:Alias": {
        rights: [listGrant("kms: ListAliases")],
        find: async ({ kms: client }, read) =>
            (
                await collectPages(
                    paginateListAliases({ client }, { KeyId: read("targetKeyId") }),
                    (page) => page.Aliases,
                )
            )
                .filter(({ AliasName }) => AliasName === read("name"))
                .map(({ AliasName = "" }) => ({ importId: AliasName })),
    },
    "aws:secretsmanager/secret:Secret": {
        rights: [listGrant("secretsmanager: ListSecrets")],
        find: async ({ secrets: client }, read) => {
            const Filters = [{ Key: "name" as const, Values: [read("name")] }];
            return (await collectPages(paginateListSecrets({ client }, { Filters }), (page) => page.SecretList))
                .filter(({ Name }) => Name === read("name"))
                .map(({ ARN = "", Tags }) => ({ importId: ARN, tags: tagsOf(Tags) }));
        },
    },
};
