import { isTree, unlessStack } from "../../plan/query.ts";
import type { Rule } from "../rule.ts";
import {
    accountOf,
    against,
    allowing,
    demanded,
    isOf,
    many,
    type OwnedStatement,
    type Statement,
} from "../../analysis/iam/statements.ts";

const isKey = isOf("kms/key:Key");
const isEndpoint = isOf("ec2/vpcEndpoint:VpcEndpoint");

export const documentRules: readonly Rule[] = [
    {
        name: "no-service-wide-actions",
        promise: "no policy allows all actions of a service",
        fix: "List the actions that the caller uses.",
        controls: [
            "PCI-7.2.2",
            "PCI-7.2.5",
            "IAM.1",
            "IAM.21",
            "CKV_AWS_62",
            "CKV_AWS_63",
            "CKV_AWS_286",
            "CKV_AWS_287",
            "CKV_AWS_288",
            "CKV_AWS_289",
            "CKV2_AWS_40",
        ],
        about: ["*"],
        check: (plan) => {
            const wide = allowing(plan).filter(({ Action }) => many(Action).some((action) => /^\*$|:\*$/.test(action)));
            const root = `arn:aws:iam::${accountOf(plan)}:root`;
            const delegates = (statement: OwnedStatement) =>
                isKey(statement) &&
                many(statement.Action).join() === "kms:*" &&
                isTree(statement.Principal) &&
                String(statement.Principal.AWS).replace(/^arn:[^:]+:/, "arn:aws:") === root;
            return [
                ...unlessStack(allowing(plan).length > 0, "there are no policies"),
                ...against(
                    wide.filter((statement) => !delegates(statement)),
                    "must list its actions",
                ),
            ];
        },
    },
    {
        name: "no-allow-by-exception",
        promise: "no policy allows by exception",
        fix: "Say with `Action`, `Resource` and `Principal` what is allowed.",
        controls: ["PCI-7.2.2"],
        about: ["*"],
        check: (plan) =>
            against(
                allowing(plan).filter(
                    (statement) =>
                        "NotAction" in statement || "NotResource" in statement || "NotPrincipal" in statement,
                ),
                "must not allow all but something",
            ),
    },
    {
        name: "no-outside-principals",
        promise: "nobody outside the account is let in",
        fix: "Name the principal, or ask for the account by `aws:PrincipalAccount` in the policy of an endpoint.",
        controls: [
            "PCI-7.2.2",
            "SQS.3",
            "CKV_AWS_72",
            "CKV_AWS_168",
            "CKV_AWS_387",
            "SNS.4",
            "CKV_AWS_169",
            "CKV_AWS_385",
            "KMS.5",
            "CKV_AWS_33",
            "CKV2_AWS_64",
            "S3.6",
            "CKV_AWS_70",
            "CKV_AWS_93",
        ],
        about: ["*"],
        check: (plan) => {
            const account = accountOf(plan);
            const isPublic = ({ Principal }: Statement) =>
                Principal === "*" || (isTree(Principal) && Principal.AWS === "*");
            const isLayers = ({ Action, Resource }: Statement) =>
                many(Action).join() === "s3:GetObject" &&
                /^arn:[^:]+:s3:::prod-[a-z0-9-]+-starport-layer-bucket\/\*$/.test(many(Resource).join());
            const isOwn = (statement: Statement) => demanded(statement, "aws:PrincipalAccount").join() === account;
            return against(
                allowing(plan).filter(
                    (statement) =>
                        isPublic(statement) && !(isEndpoint(statement) && (isOwn(statement) || isLayers(statement))),
                ),
                "must not let anybody in",
            );
        },
    },
];
