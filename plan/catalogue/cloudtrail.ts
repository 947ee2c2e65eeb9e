import { storage } from "../../lib/manifest/storage-by-type.ts";
import { identifiedByArn } from "../fake-provider/output-formats.ts";
import {
    fixedNamePattern,
    keyUseGrant,
    listGrant,
    passRoles,
    readGrant,
    regionalArns,
    writeGrant,
} from "./deployer-grant.ts";
import { refused } from "./exclusive-inputs.ts";
import { forceNew } from "./force-new.ts";
import { changedFrom, changedTo, eachNamedItem, encryptionRisk, removed } from "./protection-checks.ts";
import type { ServiceRows } from "./row.ts";

const cloudTrailGuide = "https://docs.aws.amazon.com/awscloudtrail/latest/userguide";
const trails = regionalArns("cloudtrail", `trail/${fixedNamePattern}`);

export const cloudtrail: ServiceRows = {
    "aws:cloudtrail/trail:Trail": {
        name: { maxLength: 128 },
        summary: ["multi-region{isMultiRegionTrail?}", "validated{enableLogFileValidation?}", "CMK{kmsKeyId?}"],
        fakeOutputs: {
            ...identifiedByArn((request) => request.arn("cloudtrail", `trail/${request.physicalName}`)),
            homeRegion: ({ region }) => region,
        },
        providerDefaults: { enableLogging: true, isOrganizationTrail: false },
        forceNew: forceNew("cloudtrail/trail", ["name"]),
        storage: storage["aws:cloudtrail/trail:Trail"],
        weakerInputs: [
            {
                check: changedTo("enableLogging", false),
                risk: "calls that change the account leave no record",
                source: `${cloudTrailGuide}/cloudtrail-turning-off-logging.html`,
            },
            {
                check: changedFrom("enableLogFileValidation", true),
                risk: "changed or deleted records are not noticed",
                source: `${cloudTrailGuide}/cloudtrail-log-file-validation-intro.html`,
            },
            {
                check: changedFrom("isMultiRegionTrail", true),
                risk: "calls in other regions leave no record",
                source: `${cloudTrailGuide}/receive-cloudtrail-log-files-from-multiple-regions.html`,
            },
            {
                check: removed("kmsKeyId"),
                risk: encryptionRisk,
                source: `${cloudTrailGuide}/encrypting-cloudtrail-log-files-with-aws-kms.html`,
            },
            {
                check: eachNamedItem("advancedEventSelectors", "name", [], () => "removed"),
                risk: "such calls leave no record",
                source: `${cloudTrailGuide}/logging-data-events-with-cloudtrail.html`,
            },
        ],
        protector: { risk: "calls that change the account leave no record" },
        exclusive: [refused("cloudtrail", "CreateTrail", "name", "TrailAlreadyExistsException")],
        recovery: "lookup",
        children: { none: "its event selectors are arguments of its own, which Pulumi's refresh compares" },
        grants: [
            writeGrant(
                "cloudtrail: AddTags CreateTrail DeleteTrail PutEventSelectors PutInsightSelectors RemoveTags StartLogging StopLogging UpdateTrail",
                trails,
            ),
            readGrant("cloudtrail: GetEventSelectors GetInsightSelectors GetTrail GetTrailStatus ListTags", trails),
            listGrant("cloudtrail: DescribeTrails"),
            passRoles,
            // Whether CloudTrail or the caller decrypts when a trail is created, AWS does not say.
            keyUseGrant,
        ],
    },
};
