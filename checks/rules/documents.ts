import { isObjectOrArray, stackFindingUnless } from "../../plan/query.ts";
import type { Rule } from "../rule.ts";
import { includesEveryone } from "../../analysis/iam/principals.ts";
import {
    accountOfPlan,
    statementFindings,
    allowStatementsOfPlan,
    requiredConditionValues,
    isStatementOfType,
    toArray,
    type PlannedStatement,
    type ParsedStatement,
} from "../../analysis/iam/statements.ts";

const isKeyPolicy = isStatementOfType("kms/key:Key");
const isEndpointPolicy = isStatementOfType("ec2/vpcEndpoint:VpcEndpoint");

export const documentRules: readonly Rule[] = [
    {
        name: "no-service-wide-actions",
        description: "no policy allows all actions of a service",
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
        resourceTypes: ["*"],
        check: (plan) => {
            const serviceWideStatements = allowStatementsOfPlan(plan).filter(({ Action }) =>
                toArray(Action).some((action) => /^\*$|:\*$/.test(action)),
            );
            const root = `arn:aws:iam::${accountOfPlan(plan)}:root`;
            const delegatesToAccountRoot = (statement: PlannedStatement) =>
                isKeyPolicy(statement) &&
                toArray(statement.Action).join() === "kms:*" &&
                isObjectOrArray(statement.Principal) &&
                String(statement.Principal.AWS).replace(/^arn:[^:]+:/, "arn:aws:") === root;
            return [
                ...stackFindingUnless(allowStatementsOfPlan(plan).length > 0, "there are no policies"),
                ...statementFindings(
                    serviceWideStatements.filter((statement) => !delegatesToAccountRoot(statement)),
                    "must list its actions",
                ),
            ];
        },
    },
    {
        name: "no-allow-by-exception",
        description: "no policy allows by exception",
        fix: "Say with `Action`, `Resource` and `Principal` what is allowed.",
        controls: ["PCI-7.2.2"],
        resourceTypes: ["*"],
        check: (plan) =>
            statementFindings(
                allowStatementsOfPlan(plan).filter(
                    (statement) =>
                        "NotAction" in statement || "NotResource" in statement || "NotPrincipal" in statement,
                ),
                "must not allow all but something",
            ),
    },
    {
        name: "no-outside-principals",
        description: "nobody outside the account is let in",
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
        resourceTypes: ["*"],
        check: (plan) => {
            const account = accountOfPlan(plan);
            const isEcrLayerBucket = ({ Action, Resource }: ParsedStatement) =>
                toArray(Action).join() === "s3:GetObject" &&
                /^arn:[^:]+:s3:::prod-[a-z0-9-]+-starport-layer-bucket\/\*$/.test(toArray(Resource).join());
            const isOwnAccountOnly = (statement: ParsedStatement) =>
                requiredConditionValues(statement, "aws:PrincipalAccount").join() === account;
            return statementFindings(
                allowStatementsOfPlan(plan).filter(
                    (statement) =>
                        includesEveryone(statement) &&
                        !(isEndpointPolicy(statement) && (isOwnAccountOnly(statement) || isEcrLayerBucket(statement))),
                ),
                "must not let anybody in",
            );
        },
    },
];
