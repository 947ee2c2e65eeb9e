import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Statement } from "../iam.ts";
import type { Scope } from "../scope.ts";
import { deployedTagPrefix } from "./deployed-tag.ts";

/** Actions to pull an image, on its repository. */
export const pullActions = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"];

/** More deployments than a service has in years: ECR counts images, and does not see which of them runs. */
const maxDeployedImages = 500;

export interface RepositoryArgs {
    readonly scope: Scope;
    readonly keyArn: pulumi.Input<string>;
}

/** ECR repository of one service: encrypted, with scans on push and immutable tags. */
export class Repository extends pulumi.ComponentResource {
    public readonly url: pulumi.Output<string>;
    private readonly arn: pulumi.Output<string>;

    constructor(name: string, args: RepositoryArgs, opts?: pulumi.ComponentResourceOptions) {
        super("payment:index:Repository", name, {}, opts);
        const inside = { parent: this };
        const repository = new aws.ecr.Repository(
            name,
            {
                name,
                imageTagMutability: "IMMUTABLE",
                imageScanningConfiguration: { scanOnPush: true },
                encryptionConfigurations: [{ encryptionType: "KMS", kmsKey: args.keyArn }],
                forceDelete: !args.scope.deletionProtection,
            },
            { ...inside, protect: args.scope.deletionProtection },
        );
        new aws.ecr.LifecyclePolicy(
            name,
            {
                repository: repository.name,
                policy: pulumi.jsonStringify({
                    rules: [
                        {
                            rulePriority: 1,
                            description: "Images that were recorded for the service, one of which runs",
                            selection: {
                                tagStatus: "tagged",
                                tagPrefixList: [deployedTagPrefix],
                                countType: "imageCountMoreThan",
                                countNumber: maxDeployedImages,
                            },
                            action: { type: "expire" },
                        },
                        {
                            rulePriority: 2,
                            description: "All others: the last 50, of which an index and each image in it are one",
                            selection: { tagStatus: "any", countType: "imageCountMoreThan", countNumber: 50 },
                            action: { type: "expire" },
                        },
                    ],
                }),
            },
            // Another policy replaces the resource. The deletion of the former one, if it came last, would remove the new one:
            // a repository has one policy.
            { ...inside, deleteBeforeReplace: true },
        );
        this.url = repository.repositoryUrl;
        this.arn = repository.arn;
        this.registerOutputs({ url: this.url });
    }

    /** Permissions to pull an image. The authorization token is for the whole registry, so it has no resource. */
    public pullStatements(): Statement[] {
        return [
            {
                Effect: "Allow",
                Action: pullActions,
                Resource: this.arn,
            },
            { Effect: "Allow", Action: "ecr:GetAuthorizationToken", Resource: "*" },
        ];
    }
}
