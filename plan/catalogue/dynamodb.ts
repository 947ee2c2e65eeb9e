import { storage } from "../../lib/manifest/storage-by-type.ts";
import { getPath, itemsOf } from "../query.ts";
import { fixedNamePattern, keyUseGrants, readGrant, regionalArns, writeGrant } from "./deployer-grant.ts";
import { refused } from "./exclusive-inputs.ts";
import { forceNew } from "./force-new.ts";
import { changedFrom, encryptionRisk, lowered, removed } from "./protection-checks.ts";
import type { ServiceRows } from "./row.ts";

export const tables = regionalArns("dynamodb", `table/${fixedNamePattern}`, `table/${fixedNamePattern}/*`);

export const dynamodb: ServiceRows = {
    "aws:dynamodb/table:Table": {
        name: { maxLength: 255 },
        summary: ["{billingMode}", "recoverable{pointInTimeRecovery.enabled?}", "CMK{serverSideEncryption.kmsKeyArn?}"],
        fakeOutputs: {
            arn: (request) => request.arn("dynamodb", `table/${request.physicalName}`),
            streamArn: (request) =>
                request.arn("dynamodb", `table/${request.physicalName}/stream/2026-01-01T00:00:00.000`),
        },
        forceNew: forceNew(
            "dynamodb/table",
            [
                "hashKey",
                "importTable",
                "localSecondaryIndexes",
                "name",
                "rangeKey",
                "restoreDateTime",
                "restoreSourceName",
                "restoreSourceTableArn",
                "restoreToLatestTime",
            ],
            { keptWhenRemoved: ["restoreSourceName", "restoreSourceTableArn"] },
        ),
        loss: {
            content: "the transaction log",
            losesData: true,
            restoreInputs: ["restoreSourceName", "restoreSourceTableArn"],
        },
        storage: storage["aws:dynamodb/table:Table"],
        storeKind: "Tables",
        deletion: {
            inputs: [{ input: "deletionProtectionEnabled", unprotected: false, protected: true }],
            pulumiProtect: true,
        },
        weakerInputs: [
            {
                check: changedFrom("pointInTimeRecovery.enabled", true),
                risk: "AWS deletes the continuous backups",
                source: "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/PointInTimeRecovery_Howitworks.html",
            },
            {
                check: lowered("pointInTimeRecovery.recoveryPeriodInDays", 35),
                risk: "the older restore points are deleted",
                source: "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/PointInTimeRecovery_Howitworks.html",
            },
            {
                check: removed("serverSideEncryption.kmsKeyArn"),
                risk: encryptionRisk,
                source: "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/EncryptionAtRest.html",
            },
        ],
        tagPropagation: {
            createdResources: "replicas in other regions",
            requirement: "have `propagateTags` on each replica",
            propagatesTags: ({ inputs }) =>
                itemsOf(inputs.replicas).every((replica) => getPath(replica, "propagateTags") === true),
        },
        exclusive: [refused("dynamodb", "CreateTable", "name", "ResourceInUseException")],
        recovery: { importId: "{name}" },
        children: "listed",
        grants: [
            writeGrant(
                "dynamodb: CreateTable DeleteTable TagResource UntagResource UpdateContinuousBackups UpdateTable UpdateTimeToLive",
                tables,
            ),
            readGrant(
                "dynamodb: DescribeContinuousBackups DescribeContributorInsights DescribeTable DescribeTimeToLive ListTagsOfResource",
                tables,
            ),
            ...keyUseGrants,
        ],
    },
};
