import { storage } from "../../lib/manifest/storage-by-type.ts";
import { nameOf } from "../../lib/scope.ts";
import { breakGlassNoun } from "../../lib/settings/break-glass.ts";
import { identifiedByArn } from "../fake-provider/output-formats.ts";
import {
    automaticEnding,
    fixedNamePattern,
    keyUseGrants,
    readGrant,
    regionalArns,
    withConditions,
    withResourceTag,
    writeGrant,
    type DeployerGrant,
} from "./deployer-grant.ts";
import { refused } from "./exclusive-inputs.ts";
import { forceNew } from "./force-new.ts";
import { kmsKeyArns } from "./kms.ts";
import { encryptionRisk, removed } from "./protection-checks.ts";
import type { ServiceRows } from "./row.ts";

const secretsNamed = (...names: string[]) =>
    regionalArns("secretsmanager", ...names.map((name) => `secret:${name}${automaticEnding}-??????`));

export const secrets = secretsNamed(fixedNamePattern);

/** Those whose value the program sets: no credential for an acquirer. */
const secretsWithValue = secretsNamed(
    ...["cache-token", "gateway-token", "gateway-merchant-*", breakGlassNoun].map((noun) =>
        nameOf({ suffix: "{suffix}" }, noun),
    ),
);

/** The provider reads the value, too, to compare it. */
const readSecretValue: DeployerGrant = readGrant("secretsmanager: GetSecretValue", secretsWithValue);

/** To read a value, a preview needs the key, too. In China the name of the service ends with `amazonaws.com.cn`. */
const decryptSecretValue: DeployerGrant = readGrant(
    "kms: Decrypt",
    withConditions(withResourceTag(kmsKeyArns), {
        StringLike: { "kms:ViaService": "secretsmanager.*.amazonaws.com*" },
    }),
);

export const secretsmanager: ServiceRows = {
    "aws:secretsmanager/secret:Secret": {
        name: { maxLength: 512 },
        summary: ["{name}", "CMK{kmsKeyId?}"],
        fakeOutputs: identifiedByArn((request) =>
            request.arn("secretsmanager", `secret:${request.physicalName}-${request.hex(6)}`),
        ),
        providerDefaults: { forceOverwriteReplicaSecret: false },
        forceNew: forceNew("secretsmanager/secret", ["name", "namePrefix"]),
        loss: { content: "its value, and the ARN that tasks use", losesData: true },
        storage: storage["aws:secretsmanager/secret:Secret"],
        storeKind: "Secrets",
        deletion: {
            inputs: [{ input: "recoveryWindowInDays", unprotected: 0, protected: 30 }],
            pulumiProtect: true,
            remains: (inputs) =>
                inputs.recoveryWindowInDays === 0
                    ? undefined
                    : `secret recoverable for ${Number(inputs.recoveryWindowInDays ?? 30)} days, and its name taken`,
        },
        weakerInputs: [
            {
                check: removed("kmsKeyId"),
                risk: encryptionRisk,
                source: "https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html",
            },
        ],
        exclusive: [refused("secretsmanager", "CreateSecret", "name", "ResourceExistsException")],
        recovery: "lookup",
        children: "listed",
        grants: [
            writeGrant("secretsmanager: CreateSecret DeleteSecret TagResource UntagResource", secrets),
            // UpdateSecret changes a description or a key, but can set a value, too, and no condition tells these apart.
            writeGrant("secretsmanager: UpdateSecret", secretsWithValue),
            readGrant("secretsmanager: DescribeSecret GetResourcePolicy", secrets),
            ...keyUseGrants,
        ],
    },
    "aws:secretsmanager/secretVersion:SecretVersion": {
        fakeOutputs: {
            id: (request) => `${request.text("secretId")}|${request.uuid}`,
            arn: (request) => request.text("secretId"),
            versionId: ({ uuid }) => uuid,
        },
        forceNew: forceNew("secretsmanager/secret_version", [
            "secretBinary",
            "secretId",
            "secretString",
            "secretStringWoVersion",
        ]),
        exclusive: { none: "a secret has many versions" },
        recovery: { createAgain: "the former version loses its label, and AWS deletes it" },
        children: { none: "it is a value of its secret, which Pulumi's refresh compares" },
        grants: [
            writeGrant("secretsmanager: PutSecretValue UpdateSecretVersionStage", secretsWithValue),
            readGrant("secretsmanager: DescribeSecret", secrets),
            readSecretValue,
            decryptSecretValue,
        ],
    },
};
