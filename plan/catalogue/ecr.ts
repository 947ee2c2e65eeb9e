import { storage } from "../../lib/manifest/storage-by-type.ts";
import { regionalHost } from "../../lib/partitions.ts";
import { maxNameLengths } from "../../lib/settings/names.ts";
import {
    fixedNamePattern,
    keyUseGrants,
    readGrant,
    regionalArns,
    withResourceTag,
    writeGrant,
} from "./deployer-grant.ts";
import { merged, refused } from "./exclusive-inputs.ts";
import { forceNew } from "./force-new.ts";
import { changedFrom } from "./protection-checks.ts";
import type { ServiceRows } from "./row.ts";

export const repositories = regionalArns("ecr", `repository/${fixedNamePattern}`);

export const ecr: ServiceRows = {
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": {
        forceNew: forceNew("ecr/lifecycle_policy", ["policy", "repository"]),
        exclusive: [merged("ecr", "PutLifecyclePolicy", "repository")],
        recovery: { importId: "{repository}" },
        children: { none: "it is a policy of its repository, which Pulumi's refresh compares" },
        grants: [
            writeGrant("ecr: DeleteLifecyclePolicy PutLifecyclePolicy", repositories),
            readGrant("ecr: GetLifecyclePolicy", repositories),
        ],
    },
    "aws:ecr/repository:Repository": {
        name: { maxLength: maxNameLengths.repository },
        summary: ["{imageTagMutability}", "scan{imageScanningConfiguration.scanOnPush?}", "{name}"],
        fakeOutputs: {
            arn: (request) => request.arn("ecr", `repository/${request.physicalName}`),
            repositoryUrl: ({ account, region, physicalName }) =>
                `${account}.dkr.${regionalHost("ecr", region)}/${physicalName}`,
        },
        forceNew: forceNew("ecr/repository", ["encryptionConfigurations", "name"]),
        loss: { content: "the images that run", losesData: true },
        storage: storage["aws:ecr/repository:Repository"],
        storeKind: "Repositories",
        deletion: { inputs: [{ input: "forceDelete", unprotected: true, protected: false }], pulumiProtect: true },
        weakerInputs: [
            {
                check: changedFrom("imageScanningConfiguration.scanOnPush", true),
                risk: "known vulnerabilities of images are not found",
                source: "https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning.html",
            },
            {
                check: changedFrom("imageTagMutability", "IMMUTABLE"),
                risk: "an image can be exchanged under its tag",
                source: "https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html",
            },
        ],
        exclusive: [refused("ecr", "CreateRepository", "name", "RepositoryAlreadyExistsException")],
        recovery: { importId: "{name}" },
        children: "listed",
        grants: [
            writeGrant(
                "ecr: CreateRepository DeleteRepository PutImageScanningConfiguration PutImageTagMutability SetRepositoryPolicy TagResource UntagResource",
                repositories,
            ),
            // A forced deletion deletes the images, too.
            writeGrant("ecr: BatchDeleteImage", repositories),
            readGrant("ecr: DescribeRepositories GetRepositoryPolicy ListImages ListTagsForResource", repositories),
            ...keyUseGrants,
            // ECR retires its grants of the key when the repository is deleted.
            writeGrant("kms: RetireGrant", withResourceTag(regionalArns("kms", "key/*"))),
        ],
    },
};
