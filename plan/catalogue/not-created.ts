import { identifiedByArn, rdsArnOutput } from "../fake-provider/output-formats.ts";
import { getPath, itemsOf } from "../query.ts";
import type { PartialRows } from "./row.ts";

/** Types that no stack creates yet: the rules need these facts if the program creates one. */
export const typesNotCreatedByProgram: PartialRows = {
    "aws:autoscaling/group:Group": {
        tagPropagation: {
            // The provider leaves its default tags out here, as the group has a form of tags of its own.
            createdResources: "instances",
            requirement: "list its tags, each with `propagateAtLaunch`",
            propagatesTags: ({ inputs }) =>
                itemsOf(inputs.tags).length > 0 &&
                itemsOf(inputs.tags).every((tag) => getPath(tag, "propagateAtLaunch") === true),
        },
    },
    "aws:dynamodb/resourcePolicy:ResourcePolicy": {
        policyOf: { type: "aws:dynamodb/table:Table", input: "resourceArn", property: "arn" },
    },
    "aws:ec2/launchTemplate:LaunchTemplate": {
        tagPropagation: {
            createdResources: "instances and their volumes",
            requirement: "have `tagSpecifications` for instance and volume",
            propagatesTags: ({ inputs }) =>
                ["instance", "volume"].every((kind) =>
                    itemsOf(inputs.tagSpecifications).some((each) => getPath(each, "resourceType") === kind),
                ),
        },
    },
    "aws:ecr/repositoryPolicy:RepositoryPolicy": {
        policyOf: { type: "aws:ecr/repository:Repository", input: "repository", property: "name" },
    },
    "aws:elasticache/cluster:Cluster": {
        name: { input: "clusterId", maxLength: 50 },
    },
    "aws:iam/instanceProfile:InstanceProfile": {
        fakeOutputs: {
            arn: (request) => request.arn("iam", `instance-profile/${request.physicalName}`, { region: "" }),
        },
    },
    "aws:iam/policy:Policy": {
        sizeLimits: [
            {
                input: "policy",
                max: 6144,
                source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html",
            },
        ],
        fakeOutputs: identifiedByArn((request) => request.arn("iam", `policy/${request.physicalName}`, { region: "" })),
    },
    "aws:rds/instance:Instance": {
        name: { input: "identifier", maxLength: 63 },
    },
    "aws:rds/parameterGroup:ParameterGroup": {
        fakeOutputs: rdsArnOutput("pg"),
    },
    "aws:secretsmanager/secretPolicy:SecretPolicy": {
        policyOf: { type: "aws:secretsmanager/secret:Secret", input: "secretArn", property: "arn" },
    },
};
