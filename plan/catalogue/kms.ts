import {
    allResources,
    fixedNamePattern,
    readGrant,
    regionalArns,
    untaggedOnly,
    withRequestTag,
    withResourceTag,
    writeGrant,
    listGrant,
} from "./deployer-grant.ts";
import { refused } from "./exclusive-inputs.ts";
import { forceNew, nameInputs } from "./force-new.ts";
import { changedFrom } from "./protection-checks.ts";
import type { ServiceRows } from "./row.ts";

const aliases = regionalArns("kms", `alias/${fixedNamePattern}`);
export const kmsKeyArns = regionalArns("kms", "key/*");
const kmsGuide = "https://docs.aws.amazon.com/kms/latest/developerguide";

export const kms: ServiceRows = {
    "aws:kms/alias:Alias": {
        name: { maxLength: 256 },
        summary: ["{name}"],
        fakeOutputs: { arn: (request) => request.arn("kms", request.physicalName) },
        forceNew: forceNew("kms/alias", nameInputs),
        exclusive: [refused("kms", "CreateAlias", "name", "AlreadyExistsException")],
        recovery: "lookup",
        children: { none: "it is a name of its key, and nothing else" },
        grants: [
            writeGrant("kms: CreateAlias DeleteAlias UpdateAlias", aliases),
            // Both ends of an alias must allow it.
            writeGrant("kms: CreateAlias DeleteAlias UpdateAlias", withResourceTag(kmsKeyArns)),
            listGrant("kms: ListAliases"),
        ],
    },
    "aws:kms/key:Key": {
        sizeLimits: [
            {
                input: "policy",
                max: 32_768,
                source: "https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html",
            },
        ],
        summary: ["{description}", "rotated{enableKeyRotation?}"],
        fakeOutputs: {
            id: ({ uuid }) => uuid,
            keyId: ({ uuid }) => uuid,
            arn: (request) => request.arn("kms", `key/${request.uuid}`),
        },
        providerDefaults: {
            bypassPolicyLockoutSafetyCheck: false,
            customerMasterKeySpec: "SYMMETRIC_DEFAULT",
            isEnabled: true,
            keyUsage: "ENCRYPT_DECRYPT",
        },
        forceNew: forceNew(
            "kms/key",
            ["customKeyStoreId", "customerMasterKeySpec", "keyUsage", "multiRegion", "xksKeyId"],
            { keptWhenRemoved: ["multiRegion"] },
        ),
        loss: { content: "the only way to read what it encrypts", losesData: true },
        storeKind: "Keys",
        deletion: {
            inputs: [{ input: "deletionWindowInDays", unprotected: 7, protected: 30 }],
            remains: (inputs) =>
                `key pending deletion for ${Number(inputs.deletionWindowInDays ?? 30)} days; \`aws kms cancel-key-deletion\` saves it`,
        },
        weakerInputs: [
            {
                check: changedFrom("enableKeyRotation", true),
                risk: "the key material is never renewed",
                source: `${kmsGuide}/rotate-keys.html`,
            },
        ],
        exclusive: { none: "KMS identifies it by an ID" },
        recovery: "lookup",
        children: "listed",
        grants: [
            writeGrant("kms: CreateKey", withRequestTag(allResources("a key has no ARN before it exists"))),
            writeGrant("kms: TagResource", untaggedOnly(kmsKeyArns)),
            writeGrant(
                "kms: DisableKey DisableKeyRotation EnableKey EnableKeyRotation PutKeyPolicy ScheduleKeyDeletion TagResource UntagResource UpdateKeyDescription",
                withResourceTag(kmsKeyArns),
            ),
            readGrant(
                "kms: DescribeKey GetKeyPolicy GetKeyRotationStatus ListResourceTags",
                withResourceTag(kmsKeyArns),
            ),
        ],
    },
};
